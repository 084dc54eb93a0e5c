/** What all REST resources share: pages, problems, and bytes in ranges. */
@NullMarked
package io.bohrwerk.api.web;

import org.jspecify.annotations.NullMarked;
