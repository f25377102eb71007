// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>

#include "record.h"
#include "utf8.h"

static bool attr_fits(const struct spinat_field *field,
		      const struct nlattr *attr)
{
	unsigned int len = mnl_attr_get_payload_len(attr);

	switch (field->type) {
	case SPINAT_ADDR:
		return len == 4 || len == 16;
	case SPINAT_U16:
		return len == sizeof(uint16_t);
	case SPINAT_U64:
		return len == sizeof(uint64_t);
	case SPINAT_FLAG:
		return true;
	case SPINAT_NAME:
		return mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0;
	default:
		return len == sizeof(uint32_t);
	}
}

void spinat_record_read(struct spinat_record *rec,
			const struct spinat_set *set,
			const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	memset(rec, 0, sizeof(*rec));
	rec->set = set;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		unsigned int type = mnl_attr_get_type(attr);

		if (type <= set->max && set->field[type].name &&
		    set->field[type].only != SPINAT_AS_KEY &&
		    attr_fits(&set->field[type], attr))
			rec->attr[type] = attr;
	}
}

uint64_t spinat_record_number(const struct spinat_record *rec,
			      unsigned int attr)
{
	const struct nlattr *nla = rec->attr[attr];

	switch (rec->set->field[attr].type) {
	case SPINAT_SPI:
		return ntohl(mnl_attr_get_u32(nla));
	case SPINAT_U16:
		return mnl_attr_get_u16(nla);
	case SPINAT_U64:
		return mnl_attr_get_u64(nla);
	case SPINAT_FLAG:
		return 1;
	default:
		return mnl_attr_get_u32(nla);
	}
}

static void addr_text(const struct nlattr *attr, char *text)
{
	int family = mnl_attr_get_payload_len(attr) == 4 ? AF_INET : AF_INET6;

	inet_ntop(family, mnl_attr_get_payload(attr), text, SPINAT_TEXT);
}

const char *spinat_record_name(const struct spinat_record *rec,
			       unsigned int attr)
{
	return mnl_attr_get_str(rec->attr[attr]);
}

static void name_text(const char *name, char *text)
{
	snprintf(text, SPINAT_TEXT, "%s", name);
	while (*text) {
		int len = spinat_utf8_len(text);

		if (!len || (unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
		text += len ? len : 1;
	}
}

/* A newer module may know more words than this tool; then the number stays. */
static void word_text(const char *const *words, uint64_t number, char *text)
{
	for (uint64_t i = 0; words[i]; i++) {
		if (i != number)
			continue;
		snprintf(text, SPINAT_TEXT, "%s", words[i]);
		return;
	}
	snprintf(text, SPINAT_TEXT, "%" PRIu64, number);
}

void spinat_record_text(const struct spinat_record *rec, unsigned int attr,
			char *text)
{
	const struct spinat_field *field = &rec->set->field[attr];
	uint64_t number;

	if (field->type == SPINAT_ADDR) {
		addr_text(rec->attr[attr], text);
		return;
	}
	if (field->type == SPINAT_NAME) {
		name_text(spinat_record_name(rec, attr), text);
		return;
	}
	number = spinat_record_number(rec, attr);
	if (field->type == SPINAT_ENUM)
		word_text(field->words, number, text);
	else if (field->type == SPINAT_SPI)
		snprintf(text, SPINAT_TEXT, "0x%08" PRIx64, number);
	else if (field->type == SPINAT_FLAG)
		snprintf(text, SPINAT_TEXT, "%s", field->name);
	else
		snprintf(text, SPINAT_TEXT, "%" PRIu64, number);
}
