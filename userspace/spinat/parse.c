// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

static bool addr_is_mapped(const uint8_t *byte)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(byte, prefix, sizeof(prefix));
}

int spinat_addr_parse(const char *text, struct spinat_addr *addr,
		      struct spinat_err *err)
{
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, text, addr->byte) == 1) {
		addr->len = 4;
		return 0;
	}
	if (strchr(text, '%'))
		return spinat_err_set(err, EINVAL,
				      "\"%.80s\" has a scope; scoped addresses are not routed, give one without \"%%\"",
				      text);
	if (inet_pton(AF_INET6, text, addr->byte) != 1)
		return spinat_err_set(err, EINVAL,
				      "\"%.80s\" is not an IPv4 or IPv6 address",
				      text);
	if (addr_is_mapped(addr->byte))
		return spinat_err_set(err, EINVAL,
				      "\"%.80s\" is an IPv4 address in IPv6 form; give it as IPv4",
				      text);
	addr->len = 16;
	return 0;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* strtoul() takes signs, blanks and octal, and says too little on failure. */
static int digits_parse(const char *text, uint64_t max, uint64_t *number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	unsigned int base = hex ? 16 : 10;
	const char *c = hex ? text + 2 : text;
	uint64_t n = 0;

	if (!*c)
		return -EINVAL;
	for (; *c; c++) {
		unsigned int digit = digit_value(*c);

		if (digit >= base)
			return -EINVAL;
		if (digit > max || n > (max - digit) / base)
			return -ERANGE;
		n = n * base + digit;
	}
	*number = n;
	return 0;
}

int spinat_number_parse(const char *text, uint64_t max, uint64_t *number,
			struct spinat_err *err)
{
	switch (digits_parse(text, max, number)) {
	case 0:
		return 0;
	case -ERANGE:
		return spinat_err_set(err, ERANGE,
				      "\"%.80s\" is too large, at most %llu fits",
				      text, (unsigned long long)max);
	default:
		return spinat_err_set(err, EINVAL, "\"%.80s\" is not a number",
				      text);
	}
}

int spinat_spi_parse(const char *text, uint64_t *spi, struct spinat_err *err)
{
	switch (digits_parse(text, UINT32_MAX, spi)) {
	case 0:
		break;
	case -ERANGE:
		return spinat_err_set(err, ERANGE,
				      "\"%.80s\" is too large for an SPI, which has 32 bits",
				      text);
	default:
		return spinat_err_set(err, EINVAL,
				      "\"%.80s\" is not an SPI; write 0x and hexadecimal digits, or a decimal number",
				      text);
	}
	if (*spi < SPINAT_SPI_MIN)
		return spinat_err_set(err, ERANGE,
				      "\"%.80s\" is no SPI of a tunnel; RFC 4303 reserves 0 to 255",
				      text);
	return 0;
}

static int word_refuse(const char *text, const char *const *words,
		       struct spinat_err *err)
{
	char list[200] = "";
	size_t used = 0;

	for (int i = 1; words[i] && used < sizeof(list); i++)
		used += snprintf(list + used, sizeof(list) - used, "%s%s",
				 i > 1 ? ", " : "", words[i]);
	return spinat_err_set(err, EINVAL, "\"%.80s\" is none of: %s", text,
			      list);
}

int spinat_word_parse(const char *text, const char *const *words,
		      uint64_t *number, struct spinat_err *err)
{
	for (int i = 1; words[i]; i++) {
		if (strcmp(words[i], text))
			continue;
		*number = i;
		return 0;
	}
	return word_refuse(text, words, err);
}

int spinat_name_parse(const char *text, char *name, struct spinat_err *err)
{
	size_t len = strlen(text);

	if (!len)
		return spinat_err_set(err, EINVAL, "a name is not empty");
	if (len > SPINAT_NAME_MAX)
		return spinat_err_set(err, E2BIG,
				      "\"%.80s\" is too long, a name has %d bytes at most",
				      text, SPINAT_NAME_MAX);
	strcpy(name, text);
	return 0;
}

int spinat_line_split(char *line, char **word, int max,
		      struct spinat_err *err)
{
	char *save = NULL;
	int n = 0;

	line[strcspn(line, "#")] = '\0';
	for (char *w = strtok_r(line, " \t\r\n", &save); w;
	     w = strtok_r(NULL, " \t\r\n", &save)) {
		if (n == max)
			return spinat_err_set(err, E2BIG,
					      "more than %d words", max);
		word[n++] = w;
	}
	return n;
}
