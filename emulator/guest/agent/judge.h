/* SPDX-License-Identifier: Apache-2.0 */
/* Did the test pass? Decided from what it printed and how it ended. Pure: no file, no process is touched. */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#define JUDGE_EXPECTED_MAX	256
#define JUDGE_COMPANION_MAX	64	/* words of the companion's command */
#define JUDGE_LINE_BYTES	512	/* of a longer line the rest is not looked at */

enum judge_format {
	JUDGE_EXIT,		/* the exit status is all that counts */
	JUDGE_TAP,		/* Test Anything Protocol: its lines count, then the exit status */
	JUDGE_KSELFTEST,	/* the same, and exit status 4 means skipped */
	JUDGE_ATF,		/* a NetBSD test program, atf-run(1) or atf-report(1) */
	JUDGE_KYUA,		/* kyua(1) test or report */
};

/* How to judge; the text of the fw_cfg file opt/bohrwerk/test, cut into lines. */
struct judge_rules {
	enum judge_format format;
	size_t expected;			/* subtests that may fail: */
	const char *names[JUDGE_EXPECTED_MAX];	/* descriptions; a trailing * stands for any rest */
	char *companion[JUDGE_COMPANION_MAX + 1];	/* a program for another CPU and its arguments, then NULL; empty: none */
	size_t companion_words;
	unsigned int companion_ms;		/* so long it may go on when the test has ended */
};

/* How many subtests ended how. */
struct judge_counts {
	long passed, failed;
	long expected;	/* failed as they were expected to */
	long skipped;
};

/* One iteration. Feed it the output as it comes. */
struct judge {
	const struct judge_rules *rules;
	char line[JUDGE_LINE_BYTES];
	size_t length;
	long planned;		/* -1: no plan was seen */
	long results;		/* ok and not ok lines, or test cases */
	long excused;		/* bad ones of them that do not count */
	struct judge_counts counts;
	bool passed_as[JUDGE_EXPECTED_MAX];	/* by expectation: a subtest that it names passed ... */
	bool failed_as[JUDGE_EXPECTED_MAX];	/* ... or failed */
	char program[JUDGE_LINE_BYTES];	/* atf: whose test cases these are; empty: not told */
	char reason[JUDGE_LINE_BYTES + 64];	/* the first bad line's; empty: none */
};

/* Cuts text (it is written to, and must stay) into rules. NULL, or why it cannot be served. */
const char *judge_rules(char *text, struct judge_rules *rules);

void judge_start(struct judge *judge, const struct judge_rules *rules);
void judge_feed(struct judge *judge, const char *output, size_t length);

/* A test case whose result says by itself whether it is good: for the formats that have them, judge_cases.c. */
void judge_case(struct judge *judge, const char *name, const char *result);
void judge_atf_line(struct judge *judge, char *line);
void judge_kyua_line(struct judge *judge, char *line);

/* The expectation that a subtest fails: by its description, or program:case. Its place in the rules; -1: there is none. */
int judge_expectation(const struct judge_rules *rules, const char *description);

/* A subtest's result, for what was expected of it. */
void judge_passed(struct judge *judge, int expectation);
void judge_excused(struct judge *judge, int expectation);

/* Whether what names[expectation] says may fail passed in this iteration, and none of it failed. */
bool judge_unexpected_pass(const struct judge *judge, size_t expectation);

/* Keeps what was bad if nothing was before. */
void judge_bad(struct judge *judge, const char *what, const char *which);

/* At the end of the output. The status is that of waitpid(2). NULL: passed; else why not, in one line. */
const char *judge_verdict(struct judge *judge, int status);

#endif
