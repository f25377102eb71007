/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_obsolete.h"
#include "spinat_counters.h"

#include <daemon.h>
#include <collections/linked_list.h>
#include <processing/jobs/callback_job.h>

/**
 * What is new, and by what the obsolete is found.
 */
typedef struct {
	/** the new IKE_SA */
	ike_sa_id_t *id;
	/** outer address of the peer */
	host_t *peer;
	/** own identity */
	identification_t *me;
	/** identity of the peer, NULL to look for the address */
	identification_t *other;
	/** traffic selectors, NULL to look for whole IKE_SAs */
	linked_list_t *local;
	linked_list_t *remote;
} news_t;

/**
 * Destroy a list of traffic selectors.
 */
static void destroy_ts(linked_list_t *list)
{
	if (list)
	{
		list->destroy_offset(list, offsetof(traffic_selector_t, destroy));
	}
}

/**
 * Destroy the data of a job.
 */
static void news_destroy(news_t *this)
{
	this->id->destroy(this->id);
	this->peer->destroy(this->peer);
	DESTROY_IF(this->me);
	DESTROY_IF(this->other);
	destroy_ts(this->local);
	destroy_ts(this->remote);
	free(this);
}

/**
 * Get a copy of a CHILD_SA's traffic selectors.
 */
static linked_list_t *get_ts(child_sa_t *child_sa, bool local)
{
	linked_list_t *list = linked_list_create();
	enumerator_t *enumerator;
	traffic_selector_t *ts;

	enumerator = child_sa->create_ts_enumerator(child_sa, local);
	while (enumerator->enumerate(enumerator, &ts))
	{
		list->insert_last(list, ts->clone(ts));
	}
	enumerator->destroy(enumerator);
	return list;
}

/**
 * Check if a CHILD_SA has the same traffic selectors on one side.
 */
static bool equals_ts(child_sa_t *child_sa, bool local, linked_list_t *list)
{
	linked_list_t *mine = get_ts(child_sa, local);
	bool equal;

	equal = mine->equals_offset(mine, list,
								offsetof(traffic_selector_t, equals));
	destroy_ts(mine);
	return equal;
}

/**
 * Get the IDs of the IKE_SAs that may be obsolete.
 */
static linked_list_t *get_candidates(news_t *this)
{
	linked_list_t *list = linked_list_create();
	enumerator_t *enumerator;
	ike_sa_id_t *id;
	ike_sa_t *ike_sa;
	host_t *peer;

	if (this->other)
	{
		enumerator = charon->ike_sa_manager->create_id_enumerator(
							charon->ike_sa_manager, this->me, this->other,
							this->peer->get_family(this->peer));
		while (enumerator->enumerate(enumerator, &id))
		{
			list->insert_last(list, id->clone(id));
		}
		enumerator->destroy(enumerator);
		return list;
	}
	enumerator = charon->ike_sa_manager->create_enumerator(
												charon->ike_sa_manager, TRUE);
	while (enumerator->enumerate(enumerator, &ike_sa))
	{
		peer = ike_sa->get_other_host(ike_sa);
		if (peer->ip_equals(peer, this->peer) &&
			ike_sa->get_state(ike_sa) != IKE_CONNECTING)
		{	/* what is being set up is not obsolete */
			id = ike_sa->get_id(ike_sa);
			list->insert_last(list, id->clone(id));
		}
	}
	enumerator->destroy(enumerator);
	return list;
}

/**
 * Destroy the obsolete CHILD_SAs of an IKE_SA, TRUE if there are no others.
 */
static bool destroy_children(news_t *this, ike_sa_t *ike_sa)
{
	linked_list_t *spis = linked_list_create();
	enumerator_t *enumerator;
	child_sa_t *child_sa;
	bool others = FALSE;
	uintptr_t spi;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		if (child_sa->get_protocol(child_sa) == PROTO_ESP &&
			equals_ts(child_sa, TRUE, this->local) &&
			equals_ts(child_sa, FALSE, this->remote))
		{
			spi = child_sa->get_spi(child_sa, TRUE);
			spis->insert_last(spis, (void*)spi);
		}
		else
		{
			others = TRUE;
		}
	}
	enumerator->destroy(enumerator);

	while (others && spis->remove_first(spis, (void**)&spi) == SUCCESS)
	{
		child_sa = ike_sa->get_child_sa(ike_sa, PROTO_ESP, spi, TRUE);
		spinat_count(SPINAT_COUNT_OBSOLETE);
		DBG1(DBG_IKE, "spinat: destroying obsolete CHILD_SA '%s', its peer "
			 "'%Y' sent INITIAL_CONTACT", child_sa->get_name(child_sa),
			 this->other);
		charon->bus->child_updown(charon->bus, child_sa, FALSE);
		ike_sa->destroy_child_sa(ike_sa, PROTO_ESP, spi);
	}
	spis->destroy(spis);
	return !others;
}

/**
 * Destroy an obsolete IKE_SA, or what is obsolete of it.
 */
static void destroy_obsolete(news_t *this, ike_sa_t *ike_sa)
{
	if (this->local && !destroy_children(this, ike_sa))
	{
		charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
		return;
	}
	spinat_count(SPINAT_COUNT_OBSOLETE);
	DBG1(DBG_IKE, "spinat: destroying obsolete IKE_SA %s[%u], its peer %H sent "
		 "INITIAL_CONTACT", ike_sa->get_name(ike_sa),
		 ike_sa->get_unique_id(ike_sa), this->peer);
	charon->bus->ike_updown(charon->bus, ike_sa, FALSE);
	charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
												ike_sa);
}

/**
 * Job that destroys what is obsolete.
 */
static job_requeue_t obsolete_job(news_t *this)
{
	linked_list_t *candidates = get_candidates(this);
	ike_sa_t *ike_sa;
	ike_sa_id_t *id;

	while (candidates->remove_first(candidates, (void**)&id) == SUCCESS)
	{
		if (!id->equals(id, this->id))
		{
			ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager,
													  id);
			if (ike_sa)
			{
				destroy_obsolete(this, ike_sa);
			}
		}
		id->destroy(id);
	}
	candidates->destroy(candidates);
	return JOB_REQUEUE_NONE;
}

/**
 * Create the data of a job.
 */
static news_t *news_create(ike_sa_t *ike_sa)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);
	host_t *peer = ike_sa->get_other_host(ike_sa);
	news_t *news;

	INIT(news,
		.id = id->clone(id),
		.peer = peer->clone(peer),
	);
	return news;
}

/**
 * Let a job look for identities.
 */
static void use_identities(news_t *news, ike_sa_t *ike_sa)
{
	identification_t *me = ike_sa->get_my_id(ike_sa);
	identification_t *other = ike_sa->get_other_eap_id(ike_sa);

	news->me = me->clone(me);
	news->other = other->clone(other);
}

/**
 * Queue the job.
 */
static void queue(news_t *news)
{
	lib->processor->queue_job(lib->processor,
			(job_t*)callback_job_create_with_prio(
						(callback_job_cb_t)obsolete_job, news,
						(callback_job_cleanup_t)news_destroy, NULL,
						JOB_PRIO_HIGH));
}

/*
 * Described in header
 */
void spinat_obsolete_identities(ike_sa_t *ike_sa)
{
	news_t *news = news_create(ike_sa);

	use_identities(news, ike_sa);
	queue(news);
}

/*
 * Described in header
 */
void spinat_obsolete_address(ike_sa_t *ike_sa)
{
	queue(news_create(ike_sa));
}

/*
 * Described in header
 */
void spinat_obsolete_tunnel(ike_sa_t *ike_sa, child_sa_t *child_sa)
{
	news_t *news = news_create(ike_sa);

	use_identities(news, ike_sa);
	news->local = get_ts(child_sa, TRUE);
	news->remote = get_ts(child_sa, FALSE);
	queue(news);
}
