/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's lists. What is taken out points nowhere. */
#ifndef SHIM_LIST_H
#define SHIM_LIST_H

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

#define LIST_HEAD(name)		struct list_head name = { &(name), &(name) }

static inline void INIT_LIST_HEAD(struct list_head *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool list_empty(const struct list_head *l)
{
	return l->next == l;
}

#define list_empty_careful(l)	list_empty(l)

static inline void shim_link(struct list_head *l, struct list_head *prev,
			     struct list_head *next)
{
	claim(prev->next == next && next->prev == prev, "a list is broken");
	next->prev = l;
	l->next = next;
	l->prev = prev;
	prev->next = l;
}

static inline void list_add(struct list_head *l, struct list_head *head)
{
	shim_link(l, head, head->next);
}

static inline void list_add_tail(struct list_head *l, struct list_head *head)
{
	shim_link(l, head->prev, head);
}

static inline void shim_unlink(struct list_head *l)
{
	claim(l->next->prev == l && l->prev->next == l,
	      "taken out of a list that it is not in");
	l->next->prev = l->prev;
	l->prev->next = l->next;
}

static inline void list_del(struct list_head *l)
{
	shim_unlink(l);
	l->next = (void *)0x100;
	l->prev = (void *)0x122;
}

static inline void list_del_init(struct list_head *l)
{
	shim_unlink(l);
	INIT_LIST_HEAD(l);
}

static inline void list_move(struct list_head *l, struct list_head *head)
{
	shim_unlink(l);
	list_add(l, head);
}

static inline void list_move_tail(struct list_head *l, struct list_head *head)
{
	shim_unlink(l);
	list_add_tail(l, head);
}

static inline void shim_splice(struct list_head *from, struct list_head *prev,
			       struct list_head *next)
{
	if (list_empty(from))
		return;
	from->next->prev = prev;
	prev->next = from->next;
	from->prev->next = next;
	next->prev = from->prev;
	INIT_LIST_HEAD(from);
}

#define list_splice_init(from, to)	shim_splice(from, to, (to)->next)
#define list_splice_tail_init(from, to)	shim_splice(from, (to)->prev, to)
#define list_splice_tail(from, to)	shim_splice(from, (to)->prev, to)

#define list_entry(p, type, m)		container_of(p, type, m)
#define list_first_entry(l, type, m)	list_entry((l)->next, type, m)
#define list_last_entry(l, type, m)	list_entry((l)->prev, type, m)
#define list_first_entry_or_null(l, type, m) \
	(list_empty(l) ? NULL : list_first_entry(l, type, m))
#define shim_entry(p, e, m)		list_entry(p, __typeof__(*(e)), m)
#define list_next_entry(e, m)		shim_entry((e)->m.next, e, m)

#define list_for_each_entry(e, l, m) \
	for (e = shim_entry((l)->next, e, m); &e->m != (l); \
	     e = shim_entry(e->m.next, e, m))
#define list_for_each_entry_reverse(e, l, m) \
	for (e = shim_entry((l)->prev, e, m); &e->m != (l); \
	     e = shim_entry(e->m.prev, e, m))
#define list_for_each_entry_safe(e, n, l, m) \
	for (e = shim_entry((l)->next, e, m), n = shim_entry(e->m.next, e, m); \
	     &e->m != (l); e = n, n = shim_entry(n->m.next, n, m))
#define list_for_each_entry_safe_continue(e, n, l, m) \
	for (e = shim_entry(e->m.next, e, m), n = shim_entry(e->m.next, e, m); \
	     &e->m != (l); e = n, n = shim_entry(n->m.next, n, m))
#define list_for_each_entry_rcu(e, l, m, ...)	list_for_each_entry(e, l, m)

struct hlist_node {
	struct hlist_node *next;
	struct hlist_node **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

static inline void hlist_add_head(struct hlist_node *n, struct hlist_head *h)
{
	n->next = h->first;
	if (h->first)
		h->first->pprev = &n->next;
	h->first = n;
	n->pprev = &h->first;
}

static inline void hlist_del(struct hlist_node *n)
{
	claim(*n->pprev == n, "taken out of a chain that it is not in");
	*n->pprev = n->next;
	if (n->next)
		n->next->pprev = n->pprev;
	n->pprev = (void *)0x122;
}

#define shim_hentry(n, e, m) \
	({ struct hlist_node *n_ = (n); n_ ? shim_entry(n_, e, m) : NULL; })
#define hlist_for_each_entry(e, h, m) \
	for (e = shim_hentry((h)->first, e, m); e; \
	     e = shim_hentry(e->m.next, e, m))

#endif
