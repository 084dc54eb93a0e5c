/**
 * Who may do what: every request passes here first. Callers show a token of ours or one of an OIDC issuer; on loopback, where nothing is
 * configured, everyone may do everything.
 */
@NullMarked
package io.bohrwerk.api.access;

import org.jspecify.annotations.NullMarked;
