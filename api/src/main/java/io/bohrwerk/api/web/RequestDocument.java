package io.bohrwerk.api.web;

/** A JSON body that people write, read strictly. */
public interface RequestDocument {}
