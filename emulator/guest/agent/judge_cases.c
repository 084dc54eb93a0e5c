// SPDX-License-Identifier: Apache-2.0
/*
 * Test cases with results that speak for themselves: those of NetBSD's ATF and of kyua.
 *
 * ATF: atf-test-program(1) prints "passed", "failed: why" and so on, alone on a line. atf-run(1) prints
 * "tc-end: time, case, result[, why]" between "tp-start: time, program, cases" and "tp-end: ...[, why it broke]" (older ones print no
 * times). atf-report(1) prints "program (1/1): 3 test cases" and below it "    case: [0.1s] Result: why".
 * Kyua: "program:case  ->  result: why  [0.1s]".
 */
#include "judge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

enum result { PASSED, SKIPPED, EXPECTED, FAILED };

/* A result, and where its reason begins; expected_exit(3) and expected_signal(11) carry a number. NULL: it is none. */
static const char *result_of(const char *text, enum result *result)
{
	static const struct {
		const char *word;
		enum result result;
	} results[] = {
		{ "passed", PASSED }, { "skipped", SKIPPED }, { "expected_death", EXPECTED }, { "expected_exit", EXPECTED },
		{ "expected_failure", EXPECTED }, { "expected_signal", EXPECTED }, { "expected_timeout", EXPECTED },
		{ "expected failure", EXPECTED }, { "failed", FAILED }, { "broken", FAILED },
	};

	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++) {
		size_t length = strlen(results[i].word);

		if (strncasecmp(text, results[i].word, length) || !strchr("(:.", text[length]))
			continue;
		*result = results[i].result;
		return text + length;
	}
	return NULL;
}

void judge_case(struct judge *judge, const char *name, const char *text)
{
	char full[2 * JUDGE_LINE_BYTES];
	enum result result;
	int expectation;

	if (!result_of(text, &result))
		return;
	judge->results++;
	snprintf(full, sizeof(full), "%s%s%s", judge->program, *judge->program && *name ? ":" : "", name);
	expectation = judge_expectation(judge->rules, name);
	if (expectation < 0)
		expectation = judge_expectation(judge->rules, full);
	if (result == PASSED) {
		judge_passed(judge, expectation);
	} else if (result == SKIPPED) {
		judge->counts.skipped++;
	} else if (result == EXPECTED) {
		judge->counts.expected++;
	} else if (expectation >= 0) {
		judge_excused(judge, expectation);
	} else {
		judge->counts.failed++;
		if (*full)
			strncat(full, ": ", sizeof(full) - strlen(full) - 1);
		judge_bad(judge, full, text);
	}
}

/* Splits at ", " into at most max fields; the last has the rest. */
static int split(char *text, char **fields, int max)
{
	int count = 0;

	while (count < max) {
		char *comma = count < max - 1 ? strstr(text, ", ") : NULL;

		fields[count++] = text;
		if (!comma)
			break;
		*comma = 0;
		text = comma + 2;
	}
	return count;
}

/* Skips "1519.25, ": the first field of what atf-run prints since 2010. */
static char *behind_time(char *text)
{
	size_t digits = strspn(text, "0123456789.");

	return digits && starts(text + digits, ", ") ? text + digits + 2 : text;
}

static void tc_end(struct judge *judge, char *rest)
{
	char result[JUDGE_LINE_BYTES];
	char *fields[3];
	int count = split(behind_time(rest), fields, 3);

	if (count < 2)
		return;
	snprintf(result, sizeof(result), "%s%s%s", fields[1], count > 2 ? ": " : "", count > 2 ? fields[2] : "");
	judge_case(judge, fields[0], result);
}

static void tp_start(struct judge *judge, char *rest)
{
	char *fields[2];

	split(behind_time(rest), fields, 2);
	snprintf(judge->program, sizeof(judge->program), "%s", fields[0]);
}

/* A program that ended without giving its cases' results has the reason behind its name. */
static void tp_end(struct judge *judge, char *rest)
{
	char *fields[2];

	if (split(behind_time(rest), fields, 2) > 1)
		judge_bad(judge, "test program broke: ", fields[1]);
	*judge->program = 0;
}

/* "    case: [0.1s] Result: why" or "program (1/1): 3 test cases" */
static void report_line(struct judge *judge, char *line)
{
	char *name = line + strspn(line, " "), *end = strstr(name, ": "), *result;

	if (!end)
		return;
	if (name == line) {
		char *paren = strstr(line, " (");

		if (paren && strstr(paren, "test case")) {
			*paren = 0;
			snprintf(judge->program, sizeof(judge->program), "%s", line);
		}
		return;
	}
	*end = 0;
	result = end + 2;
	if (*result == '[') {
		result = strstr(result, "] ");
		if (!result)
			return;
		result += 2;
	}
	judge_case(judge, name, result);
}

/* What a test program prints of itself is in small letters, and nothing else on the line. */
static bool is_bare_result(const char *line)
{
	enum result result;
	const char *end = *line >= 'a' && *line <= 'z' ? result_of(line, &result) : NULL;

	return end && *end != '.';
}

void judge_atf_line(struct judge *judge, char *line)
{
	static const char so[] = "tc-so:", se[] = "tc-se:";

	if (starts(line, so) || starts(line, se))
		return;	/* what a test case itself printed, whatever it looks like */
	if (starts(line, "tc-end: "))
		tc_end(judge, line + strlen("tc-end: "));
	else if (starts(line, "tp-start: "))
		tp_start(judge, line + strlen("tp-start: "));
	else if (starts(line, "tp-end: "))
		tp_end(judge, line + strlen("tp-end: "));
	else if (is_bare_result(line))
		judge_case(judge, "", line);
	else
		report_line(judge, line);
}

void judge_kyua_line(struct judge *judge, char *line)
{
	char *arrow = strstr(line, "  ->  "), *time;

	if (!arrow || line + strcspn(line, " ") != arrow)
		return;	/* a test case's name has no blanks */
	*arrow = 0;
	arrow += strlen("  ->  ");
	time = strstr(arrow, "  [");
	if (time)
		*time = 0;
	judge_case(judge, line, arrow);
}
