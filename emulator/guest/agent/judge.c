// SPDX-License-Identifier: Apache-2.0
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#define KSFT_SKIP	4	/* tools/testing/selftests/kselftest.h */

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

#define COMPANION_MS	1000	/* where the host says nothing */

static bool set_format(const char *name, struct judge_rules *rules)
{
	static const char *const names[] = {
		[JUDGE_EXIT] = "exit", [JUDGE_TAP] = "tap", [JUDGE_KSELFTEST] = "kselftest",
		[JUDGE_ATF] = "atf", [JUDGE_KYUA] = "kyua",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(name, names[i])) {
			rules->format = i;
			return true;
		}
	}
	return false;
}

const char *judge_rules(char *text, struct judge_rules *rules)
{
	char *line;

	*rules = (struct judge_rules) { .format = JUDGE_EXIT, .companion_ms = COMPANION_MS };
	for (line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n")) {
		if (starts(line, "format ")) {
			if (!set_format(line + strlen("format "), rules))
				return line;
		} else if (starts(line, "expect ")) {
			if (rules->expected == JUDGE_EXPECTED_MAX)
				return "more than 256 expected failures";
			rules->names[rules->expected++] = line + strlen("expect ");
		} else if (starts(line, "companion ")) {
			if (rules->companion_words == JUDGE_COMPANION_MAX)
				return "companion: more than 64 words";
			rules->companion[rules->companion_words++] = line + strlen("companion ");
		} else if (starts(line, "companion-limit ")) {
			rules->companion_ms = strtoul(line + strlen("companion-limit "), NULL, 10);
		}
	}
	return NULL;
}

int judge_expectation(const struct judge_rules *rules, const char *description)
{
	for (size_t i = 0; i < rules->expected; i++) {
		const char *name = rules->names[i];
		size_t length = strlen(name);

		if (length && name[length - 1] == '*' ? !strncmp(description, name, length - 1)
						      : !strcmp(description, name))
			return i;
	}
	return -1;
}

void judge_passed(struct judge *judge, int expectation)
{
	judge->counts.passed++;
	if (expectation >= 0)
		judge->passed_as[expectation] = true;
}

void judge_excused(struct judge *judge, int expectation)
{
	judge->excused++;
	judge->counts.expected++;
	if (expectation >= 0)
		judge->failed_as[expectation] = true;
}

bool judge_unexpected_pass(const struct judge *judge, size_t expectation)
{
	return judge->passed_as[expectation] && !judge->failed_as[expectation];
}

void judge_bad(struct judge *judge, const char *what, const char *which)
{
	if (!*judge->reason)
		snprintf(judge->reason, sizeof(judge->reason), "%s%s", what, which);
}

enum directive { NO_DIRECTIVE, SKIP, XFAIL, TODO };

/* What follows "ok" or "not ok": [number] [-] description [# DIRECTIVE reason]. It is cut behind its description. */
static enum directive directive_of(char *rest, const char **name)
{
	static const char *const words[] = { [SKIP] = "SKIP", [XFAIL] = "XFAIL", [TODO] = "TODO" };
	enum directive found = NO_DIRECTIVE;
	char *hash, *end;

	while (*rest == ' ')
		rest++;
	*name = rest;	/* without a description, the number must do */
	rest += strspn(rest, "0123456789");
	rest += strspn(rest, " ");
	if (starts(rest, "- "))
		rest += strspn(rest + 1, " ") + 1;

	hash = *rest == '#' ? rest : strstr(rest, " #");
	if (hash) {
		const char *directive = hash + strspn(hash, " #");

		for (enum directive i = SKIP; i <= TODO; i++)
			if (!strncasecmp(directive, words[i], strlen(words[i])))
				found = i;
	}
	end = hash ? hash : rest + strlen(rest);
	while (end > rest && end[-1] == ' ')
		end--;
	*end = 0;
	if (*rest)
		*name = rest;
	return found;
}

static void tap_ok(struct judge *judge, char *rest)
{
	const char *name;

	switch (directive_of(rest, &name)) {
	case SKIP:
		judge->counts.skipped++;
		break;
	case XFAIL:	/* so says the kernel's harness of what failed as expected */
		judge->counts.expected++;
		break;
	default:
		judge_passed(judge, judge_expectation(judge->rules, name));
	}
}

static void tap_not_ok(struct judge *judge, char *rest)
{
	const char *name;
	enum directive directive = directive_of(rest, &name);
	int expectation = judge_expectation(judge->rules, name);

	if (directive == SKIP) {
		judge->excused++;
		judge->counts.skipped++;
	} else if (directive != NO_DIRECTIVE || expectation >= 0) {
		judge_excused(judge, expectation);
	} else {
		judge->counts.failed++;
		judge_bad(judge, "not ok: ", name);
	}
}

static bool is_word(const char *line, const char *word)
{
	size_t length = strlen(word);

	return !strncmp(line, word, length) && (!line[length] || line[length] == ' ');
}

/* TAP. Only lines of the test itself: those of subtests are indented or behind "# ", and summed up in a line of the test. */
static void judge_tap_line(struct judge *judge, char *line)
{
	if (is_word(line, "ok")) {
		judge->results++;
		tap_ok(judge, line + strlen("ok"));
	} else if (is_word(line, "not ok")) {
		judge->results++;
		tap_not_ok(judge, line + strlen("not ok"));
	} else if (starts(line, "1..") && line[3] >= '0' && line[3] <= '9') {
		judge->planned = strtol(line + 3, NULL, 10);
	} else if (starts(line, "Bail out!")) {
		judge_bad(judge, line, "");
	}
}

static void end_line(struct judge *judge)
{
	if (judge->length && judge->line[judge->length - 1] == '\r')
		judge->length--;
	judge->line[judge->length] = 0;
	switch (judge->rules->format) {
	case JUDGE_ATF:
		judge_atf_line(judge, judge->line);
		break;
	case JUDGE_KYUA:
		judge_kyua_line(judge, judge->line);
		break;
	default:
		judge_tap_line(judge, judge->line);
	}
	judge->length = 0;
}

void judge_start(struct judge *judge, const struct judge_rules *rules)
{
	judge->rules = rules;
	judge->length = 0;
	judge->planned = -1;
	judge->results = judge->excused = 0;
	judge->counts = (struct judge_counts) { 0 };
	memset(judge->passed_as, 0, sizeof(judge->passed_as));
	memset(judge->failed_as, 0, sizeof(judge->failed_as));
	*judge->reason = *judge->program = 0;
}

void judge_feed(struct judge *judge, const char *output, size_t length)
{
	if (judge->rules->format == JUDGE_EXIT)
		return;
	for (; length--; output++) {
		if (*output == '\n')
			end_line(judge);
		else if (judge->length < sizeof(judge->line) - 1)
			judge->line[judge->length++] = *output;
	}
}

static void judge_plan(struct judge *judge)
{
	bool cases = judge->rules->format == JUDGE_ATF || judge->rules->format == JUDGE_KYUA;
	char counts[64];

	/* without a plan, an output that says nothing is no success */
	if (cases && !judge->results)
		judge_bad(judge, "no test case has a result", "");
	if (!cases && judge->planned < 0)
		judge_bad(judge, "no plan", "");
	if (judge->results < judge->planned) {
		snprintf(counts, sizeof(counts), "%ld of %ld", judge->results, judge->planned);
		judge_bad(judge, "fewer results than planned: ", counts);
	}
}

const char *judge_verdict(struct judge *judge, int status)
{
	enum judge_format format = judge->rules->format;
	char number[16];
	bool skipped;

	if (judge->length)
		end_line(judge);	/* the last line had no newline */
	if (WIFSIGNALED(status)) {
		snprintf(number, sizeof(number), "%d", WTERMSIG(status));
		judge_bad(judge, "killed by signal ", number);
	}
	skipped = format == JUDGE_KSELFTEST && WIFEXITED(status) && WEXITSTATUS(status) == KSFT_SKIP;
	/* an early non-zero exit explains a short plan, so it is told first; one after excused failures means nothing */
	if (WIFEXITED(status) && WEXITSTATUS(status) && !skipped && (format == JUDGE_EXIT || !judge->excused)) {
		snprintf(number, sizeof(number), "%d", WEXITSTATUS(status));
		judge_bad(judge, "exit status ", number);
	}
	if (format != JUDGE_EXIT && !skipped)
		judge_plan(judge);
	return *judge->reason ? judge->reason : NULL;
}
