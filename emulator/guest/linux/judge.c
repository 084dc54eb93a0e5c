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

	*rules = (struct judge_rules) { .format = JUDGE_EXIT };
	for (line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n")) {
		if (starts(line, "format ")) {
			if (!set_format(line + strlen("format "), rules))
				return line;
		} else if (starts(line, "expect ")) {
			if (rules->expected == JUDGE_EXPECTED_MAX)
				return "more than 256 expected failures";
			rules->names[rules->expected++] = line + strlen("expect ");
		}
	}
	return NULL;
}

bool judge_is_expected(const struct judge_rules *rules, const char *description)
{
	for (size_t i = 0; i < rules->expected; i++) {
		const char *name = rules->names[i];
		size_t length = strlen(name);

		if (length && name[length - 1] == '*' ? !strncmp(description, name, length - 1)
						      : !strcmp(description, name))
			return true;
	}
	return false;
}

void judge_bad(struct judge *judge, const char *what, const char *which)
{
	if (!*judge->reason)
		snprintf(judge->reason, sizeof(judge->reason), "%s%s", what, which);
}

/* What follows "ok" or "not ok": [number] [-] description [# DIRECTIVE reason]. */
static bool is_excused(const struct judge *judge, char *rest, const char **name)
{
	static const char *const directives[] = { "SKIP", "XFAIL", "TODO" };
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

		for (size_t i = 0; i < sizeof(directives) / sizeof(*directives); i++)
			if (!strncasecmp(directive, directives[i], strlen(directives[i])))
				return true;
	}
	end = hash ? hash : rest + strlen(rest);
	while (end > rest && end[-1] == ' ')
		end--;
	*end = 0;
	if (*rest)
		*name = rest;
	return judge_is_expected(judge->rules, *name);
}

static bool is_word(const char *line, const char *word)
{
	size_t length = strlen(word);

	return !strncmp(line, word, length) && (!line[length] || line[length] == ' ');
}

/* TAP. Only lines of the test itself: those of subtests are indented or behind "# ", and summed up in a line of the test. */
static void judge_tap_line(struct judge *judge, char *line)
{
	const char *name;

	if (is_word(line, "ok")) {
		judge->results++;
	} else if (is_word(line, "not ok")) {
		judge->results++;
		if (is_excused(judge, line + strlen("not ok"), &name))
			judge->excused++;
		else
			judge_bad(judge, "not ok: ", name);
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
