/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_sas spinat_sas
 * @{ @ingroup spinat
 *
 * What the plugin knows about IKE_SAs. Those it leaves alone have no entry.
 */

#ifndef SPINAT_SAS_H_
#define SPINAT_SAS_H_

#include "spinat_config.h"

#include <sa/ike_sa.h>

typedef struct spinat_sa_t spinat_sa_t;
typedef struct spinat_sas_t spinat_sas_t;

/**
 * State of an IKE_SA. Only used by the thread that has the IKE_SA checked out.
 */
struct spinat_sa_t {

	/** unique ID of the IKE_SA */
	uint32_t id;

	/** as initiator: SPI of the current try */
	uint64_t spi;

	/** mode in force: SPINAT_BOTH only once the peer has agreed */
	spinat_plain_esp_t mode;

	/** as initiator: we asked for SPINAT_BOTH, the answer is outstanding */
	bool asked;

	/** as initiator: the peer did not agree, SPINAT_ALONE is the fallback */
	bool fallen_back;

	/** keepalives are being sent */
	bool keepalive;
};

/**
 * The table of them, by the IKE_SA's unique ID.
 */
struct spinat_sas_t {

	/**
	 * Find the state of an IKE_SA.
	 *
	 * @param ike_sa	IKE_SA to look up
	 * @return			state, owned by the table, NULL if there is none
	 */
	spinat_sa_t *(*find)(spinat_sas_t *this, ike_sa_t *ike_sa);

	/**
	 * Find the state of an IKE_SA, add it if there is none.
	 *
	 * @param ike_sa	IKE_SA to look up
	 * @return			state, owned by the table
	 */
	spinat_sa_t *(*get)(spinat_sas_t *this, ike_sa_t *ike_sa);

	/**
	 * Find the state of the IKE_SA that we initiate with an SPI.
	 *
	 * @param spi		initiator SPI
	 * @return			state, owned by the table, NULL if there is none
	 */
	spinat_sa_t *(*find_by_spi)(spinat_sas_t *this, uint64_t spi);

	/**
	 * Remove the state of an IKE_SA, if there is any.
	 *
	 * @param ike_sa	IKE_SA to forget
	 */
	void (*remove)(spinat_sas_t *this, ike_sa_t *ike_sa);

	/**
	 * Destroy a spinat_sas_t.
	 */
	void (*destroy)(spinat_sas_t *this);
};

/**
 * Create a spinat_sas_t instance.
 *
 * @return			empty table
 */
spinat_sas_t *spinat_sas_create();

#endif /** SPINAT_SAS_H_ @}*/
