/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_sas.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_spinat_sas_t private_spinat_sas_t;

/**
 * Private data of a spinat_sas_t object.
 */
struct private_spinat_sas_t {

	/**
	 * Public interface
	 */
	spinat_sas_t public;

	/**
	 * Entries, as spinat_sa_t by its ID
	 */
	hashtable_t *table;

	/**
	 * Protects the table, the entries belong to the IKE_SA's thread
	 */
	mutex_t *mutex;
};

/**
 * Hash an entry by its ID.
 */
static u_int hash(const void *key)
{
	const spinat_sa_t *sa = key;

	return chunk_hash(chunk_from_thing(sa->id));
}

/**
 * Compare the IDs of two entries.
 */
static bool equals(const void *a, const void *b)
{
	return ((spinat_sa_t*)a)->id == ((spinat_sa_t*)b)->id;
}

METHOD(spinat_sas_t, find, spinat_sa_t*,
	private_spinat_sas_t *this, ike_sa_t *ike_sa)
{
	spinat_sa_t *sa, key = {
		.id = ike_sa->get_unique_id(ike_sa),
	};

	this->mutex->lock(this->mutex);
	sa = this->table->get(this->table, &key);
	this->mutex->unlock(this->mutex);
	return sa;
}

METHOD(spinat_sas_t, get, spinat_sa_t*,
	private_spinat_sas_t *this, ike_sa_t *ike_sa)
{
	spinat_sa_t *sa;

	sa = find(this, ike_sa);
	if (sa)
	{	/* only this thread adds or removes this IKE_SA's entry */
		return sa;
	}
	INIT(sa,
		.id = ike_sa->get_unique_id(ike_sa),
	);
	this->mutex->lock(this->mutex);
	this->table->put(this->table, sa, sa);
	this->mutex->unlock(this->mutex);
	return sa;
}

METHOD(spinat_sas_t, find_by_spi, spinat_sa_t*,
	private_spinat_sas_t *this, uint64_t spi)
{
	enumerator_t *enumerator;
	spinat_sa_t *current, *sa = NULL;

	this->mutex->lock(this->mutex);
	enumerator = this->table->create_enumerator(this->table);
	while (enumerator->enumerate(enumerator, NULL, &current))
	{
		if (current->spi == spi)
		{
			sa = current;
			break;
		}
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
	return sa;
}

METHOD(spinat_sas_t, remove_, void,
	private_spinat_sas_t *this, ike_sa_t *ike_sa)
{
	spinat_sa_t *sa, key = {
		.id = ike_sa->get_unique_id(ike_sa),
	};

	this->mutex->lock(this->mutex);
	sa = this->table->remove(this->table, &key);
	this->mutex->unlock(this->mutex);
	free(sa);
}

METHOD(spinat_sas_t, destroy, void,
	private_spinat_sas_t *this)
{
	enumerator_t *enumerator;
	spinat_sa_t *sa;

	enumerator = this->table->create_enumerator(this->table);
	while (enumerator->enumerate(enumerator, NULL, &sa))
	{
		free(sa);
	}
	enumerator->destroy(enumerator);
	this->table->destroy(this->table);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
spinat_sas_t *spinat_sas_create()
{
	private_spinat_sas_t *this;

	INIT(this,
		.public = {
			.find = _find,
			.get = _get,
			.find_by_spi = _find_by_spi,
			.remove = _remove_,
			.destroy = _destroy,
		},
		.table = hashtable_create(hash, equals, 8),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
