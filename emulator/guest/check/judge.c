// SPDX-License-Identifier: Apache-2.0
/*
 * Judges the golden files given as arguments. Each begins with the rules as the host sends them, then
 *	status exit 0		or "status signal 11": how the test ended
 *	verdict passed		or "verdict <reason>"
 *	counts 3 0 1 0		may be left out: how many subtests passed, failed, failed as expected, were skipped
 *	unexpected NAME		each expectation whose subtest passed
 *	---
 * and the output of the test follows, fed in one piece, and once more byte by byte.
 */
#include "agent/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Compares with the lines "counts" and "unexpected" of the header. */
static bool told_right(const char *path, const char *header, const struct judge_rules *rules, const struct judge *judge)
{
	const char *line = strstr(header, "counts ");
	struct judge_counts want;
	bool right = true;

	if (line && (sscanf(line, "counts %ld %ld %ld %ld", &want.passed, &want.failed, &want.expected, &want.skipped) != 4
		     || memcmp(&want, &judge->counts, sizeof(want)))) {
		printf("FAIL %s: counts %ld %ld %ld %ld\n", path, judge->counts.passed, judge->counts.failed,
		       judge->counts.expected, judge->counts.skipped);
		right = false;
	}
	for (size_t i = 0; i < rules->expected; i++) {
		char told[300];

		snprintf(told, sizeof(told), "unexpected %s\n", rules->names[i]);
		if (!strstr(header, told) != !judge_unexpected_pass(judge, i)) {
			printf("FAIL %s: is or is not unexpected: %s\n", path, rules->names[i]);
			right = false;
		}
	}
	return right;
}

static bool judged_right(const char *path, char *text, size_t length)
{
	static const char separator[] = "---\n";
	struct judge_rules rules;
	static struct judge judge;
	static char header[65536];
	char expected[256] = "", *output = strstr(text, separator), *line;
	const char *verdict;
	int number = 0, status = 0;
	bool right = true;

	if (!output)
		return printf("FAIL %s: no separator\n", path), false;
	*output = 0;
	output += strlen(separator);
	length -= output - text;

	line = strstr(text, "status ");
	if (line && sscanf(line, "status exit %d", &number) == 1)
		status = number << 8;	/* as waitpid(2) encodes it */
	else if (line && sscanf(line, "status signal %d", &number) == 1)
		status = number;
	else
		return printf("FAIL %s: no status\n", path), false;
	line = strstr(text, "verdict ");
	if (!line || sscanf(line, "verdict %255[^\n]", expected) != 1)
		return printf("FAIL %s: no verdict\n", path), false;

	strcpy(header, text);	/* as large; the rules cut the text */
	verdict = judge_rules(text, &rules);
	for (int pieces = 0; pieces < 2 && !verdict; pieces++) {
		judge_start(&judge, &rules);
		for (size_t i = 0; pieces && i < length; i++)
			judge_feed(&judge, output + i, 1);
		if (!pieces)
			judge_feed(&judge, output, length);
		verdict = judge_verdict(&judge, status);
		if (strcmp(verdict ? verdict : "passed", expected)) {
			printf("FAIL %s: %s\n", path, verdict ? verdict : "passed");
			right = false;
		}
		right = told_right(path, header, &rules, &judge) && right;
		verdict = NULL;
	}
	if (verdict && strcmp(verdict, expected))
		return printf("FAIL %s: %s\n", path, verdict), false;
	return right;
}

int main(int count, char **paths)
{
	static char text[65536];
	int failures = 0;

	for (int i = 1; i < count; i++) {
		FILE *file = fopen(paths[i], "r");
		size_t length;

		if (!file) {
			perror(paths[i]);
			return 1;
		}
		length = fread(text, 1, sizeof(text) - 1, file);
		text[length] = 0;
		fclose(file);
		failures += !judged_right(paths[i], text, length);
	}
	printf("judge: %d golden files, %d failures\n", count - 1, failures);
	return failures || count < 2;
}
