package io.bohrwerk.api.strategy;

/** How a strategy's iterations relate to those of a plain loop, and therefore what their failure rate means. */
public enum Sampling {
    /** Every phase of the timer is as likely: what a loop on a machine that does other things as well would meet. */
    RANDOM_PHASES("per iteration at random phases"),
    /** Independent draws, but all of them with a tick close to the test: rarer bugs look more frequent than they are. */
    RANDOM_OFFSETS("per iteration with the tick at a random offset of the test, which is not what plain looping meets"),
    /** Each place once. The share of them that fails is a count, not an estimate. */
    PLACES("of the places tried, each of them once; not of random runs"),
    /** One run, instruction by instruction. */
    ONE_RUN("of the one run that this schedule has; another would be the same"),
    /** More iterations where failures were seen. */
    ADAPTIVE("of iterations that were sent to where failures were found; not of random runs, see the arms");

    private final String meaning;

    Sampling(String meaning) {
        this.meaning = meaning;
    }

    /** For people: {@code 3 in 1000} of what. */
    public String meaning() {
        return meaning;
    }

    /** Whether iterations are independent draws, so that intervals and tests may be computed from them. */
    public boolean random() {
        return this == RANDOM_PHASES || this == RANDOM_OFFSETS;
    }
}
