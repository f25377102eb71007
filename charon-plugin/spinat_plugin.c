/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_plugin.h"
#include "spinat_config.h"
#include "spinat_contact.h"
#include "spinat_counters.h"
#include "spinat_gater.h"
#include "spinat_listener.h"
#include "spinat_refusal.h"
#include "spinat_version.h"

#include <daemon.h>

typedef struct private_spinat_plugin_t private_spinat_plugin_t;

/**
 * Private data of a spinat_plugin_t object.
 */
struct private_spinat_plugin_t {

	/**
	 * implements plugin interface
	 */
	spinat_plugin_t public;

	/**
	 * Listener for plain ESP
	 */
	spinat_listener_t *listener;

	/**
	 * Listener for INITIAL_CONTACT
	 */
	spinat_contact_listener_t *contact;

	/**
	 * Listener for rekeyings
	 */
	spinat_refusal_t *refusal;

	/**
	 * Listener for gates, NULL if there is no netlink
	 */
	spinat_gater_t *gater;
};

METHOD(plugin_t, get_name, char*,
	private_spinat_plugin_t *this)
{
	return "spinat";
}

/**
 * Register listener
 */
static bool plugin_cb(private_spinat_plugin_t *this,
					  plugin_feature_t *feature, bool reg, void *cb_data)
{
	if (reg)
	{
		spinat_config_check();
		charon->bus->add_listener(charon->bus, &this->listener->listener);
		charon->bus->add_listener(charon->bus, &this->contact->listener);
		charon->bus->add_listener(charon->bus, &this->refusal->listener);
		if (this->gater)
		{
			charon->bus->add_listener(charon->bus, &this->gater->listener);
			this->gater->reload(this->gater);
		}
	}
	else
	{
		if (this->gater)
		{
			charon->bus->remove_listener(charon->bus, &this->gater->listener);
		}
		charon->bus->remove_listener(charon->bus, &this->refusal->listener);
		charon->bus->remove_listener(charon->bus, &this->contact->listener);
		charon->bus->remove_listener(charon->bus, &this->listener->listener);
	}
	return TRUE;
}

METHOD(plugin_t, get_features, int,
	private_spinat_plugin_t *this, plugin_feature_t *features[])
{
	static plugin_feature_t f[] = {
		PLUGIN_CALLBACK((plugin_feature_callback_t)plugin_cb, NULL),
			PLUGIN_PROVIDE(CUSTOM, "spinat"),
				PLUGIN_SDEPEND(HASHER, HASH_SHA1),
	};
	*features = f;
	return countof(f);
}

METHOD(plugin_t, reload, bool,
	private_spinat_plugin_t *this)
{
	spinat_config_check();
	spinat_counters_log();
	if (this->gater)
	{
		this->gater->reload(this->gater);
	}
	return TRUE;
}

METHOD(plugin_t, destroy, void,
	private_spinat_plugin_t *this)
{
	DESTROY_IF(this->gater);
	this->refusal->destroy(this->refusal);
	this->contact->destroy(this->contact);
	this->listener->destroy(this->listener);
	free(this);
}

/*
 * Described in header
 */
plugin_t *spinat_plugin_create()
{
	private_spinat_plugin_t *this;

	if (!spinat_version_matches())
	{
		DBG1(DBG_CFG, "spinat: not loaded, it was built for strongSwan "
			 "%s and this daemon is of another version: build and install "
			 "the plugin again", VERSION);
		return NULL;
	}

	INIT(this,
		.public = {
			.plugin = {
				.get_name = _get_name,
				.get_features = _get_features,
				.reload = _reload,
				.destroy = _destroy,
			},
		},
		.listener = spinat_listener_create(),
		.contact = spinat_contact_listener_create(),
		.refusal = spinat_refusal_create(),
		.gater = spinat_gater_create(),
	);

	return &this->public.plugin;
}
