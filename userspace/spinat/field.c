// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "field.h"

const char *const spinat_unit_name[] = {
	[SPINAT_PLAIN] = "",
	[SPINAT_MSEC] = "ms",
	[SPINAT_SEC] = "s",
	[SPINAT_USEC] = "us",
	[SPINAT_BYTE] = "B",
};

static int value_parse(const struct spinat_field *field, const char *text,
		       struct spinat_value *value, struct spinat_err *err)
{
	switch (field->type) {
	case SPINAT_ADDR:
		return spinat_addr_parse(text, &value->addr, err);
	case SPINAT_SPI:
		return spinat_spi_parse(text, &value->number, err);
	case SPINAT_ENUM:
		return spinat_word_parse(text, field->words, &value->number,
					 err);
	case SPINAT_U16:
		return spinat_number_parse(text, UINT16_MAX, &value->number,
					   err);
	case SPINAT_U32:
		return spinat_number_parse(text, UINT32_MAX, &value->number,
					   err);
	case SPINAT_U64:
		return spinat_number_parse(text, UINT64_MAX, &value->number,
					   err);
	case SPINAT_NAME:
		return spinat_name_parse(text, value->name, err);
	default:
		return spinat_err_set(err, EINVAL, "it cannot be set");
	}
}

static unsigned int field_find(const struct spinat_set *set, uint64_t among,
			       const char *name)
{
	for (unsigned int i = 1; i <= set->max; i++)
		if (among & SPINAT_BIT(i) && !strcmp(set->field[i].name, name))
			return i;
	return 0;
}

static int key_refuse(const struct spinat_set *set, uint64_t among,
		      const char *key, struct spinat_err *err)
{
	const char *comma = "";
	char list[300] = "";
	size_t used = 0;

	for (unsigned int i = 1; i <= set->max && used < sizeof(list); i++) {
		if (!(among & SPINAT_BIT(i)))
			continue;
		used += snprintf(list + used, sizeof(list) - used, "%s%s",
				 comma, set->field[i].name);
		comma = ", ";
	}
	return spinat_err_set(err, EINVAL, "unknown key \"%.80s\", it takes: %s",
			      key, list);
}

static int arg_parse(const struct spinat_set *set, uint64_t among,
		     const char *key, const char *text,
		     struct spinat_args *args, struct spinat_err *err)
{
	unsigned int attr = field_find(set, among, key);
	struct spinat_err why;
	int ret;

	if (!attr)
		return key_refuse(set, among, key, err);
	if (args->given & SPINAT_BIT(attr))
		return spinat_err_set(err, EINVAL, "%s is given twice", key);
	if (!text)
		return spinat_err_set(err, EINVAL, "%s needs a value", key);
	ret = value_parse(&set->field[attr], text, &args->value[attr], &why);
	if (ret)
		return spinat_err_set(err, -ret, "%s: %s", key, why.text);
	args->given |= SPINAT_BIT(attr);
	return 0;
}

static int args_check_must(const struct spinat_args *args, uint64_t must,
			   struct spinat_err *err)
{
	for (unsigned int i = 1; i <= args->set->max; i++)
		if (must & ~args->given & SPINAT_BIT(i))
			return spinat_err_set(err, EINVAL, "%s is missing",
					      args->set->field[i].name);
	return 0;
}

static int args_check_family(const struct spinat_args *args,
			     struct spinat_err *err)
{
	const struct spinat_field *field = args->set->field;
	unsigned int first = 0;

	for (unsigned int i = 1; i <= args->set->max; i++) {
		if (!(args->given & args->set->same & SPINAT_BIT(i)))
			continue;
		if (!first)
			first = i;
		else if (args->value[i].addr.len != args->value[first].addr.len)
			return spinat_err_set(err, EINVAL,
					      "%s and %s are not of one family; %s",
					      field[first].name, field[i].name,
					      args->set->why);
	}
	return 0;
}

int spinat_args_parse(const struct spinat_set *set, uint64_t must,
		      uint64_t may, int argc, char *const *argv,
		      struct spinat_args *args, struct spinat_err *err)
{
	int ret;

	args->set = set;
	args->given = 0;
	for (int i = 0; i < argc; i += 2) {
		const char *text = i + 1 < argc ? argv[i + 1] : NULL;

		ret = arg_parse(set, must | may, argv[i], text, args, err);
		if (ret)
			return ret;
	}
	ret = args_check_must(args, must, err);
	if (ret)
		return ret;
	return args_check_family(args, err);
}

const char *spinat_field_placeholder(const struct spinat_field *field,
				     char *buf, size_t size)
{
	size_t used = 0;

	switch (field->type) {
	case SPINAT_ADDR:
		return "ADDR";
	case SPINAT_SPI:
		return "SPI";
	case SPINAT_NAME:
		return "NAME";
	case SPINAT_ENUM:
		break;
	default:
		return "N";
	}
	for (int i = 1; field->words[i] && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%s",
				 i > 1 ? "|" : "", field->words[i]);
	return buf;
}
