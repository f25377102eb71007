/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat spinat
 * @ingroup cplugins
 *
 * @defgroup spinat_plugin spinat_plugin
 * @{ @ingroup spinat
 */

#ifndef SPINAT_PLUGIN_H_
#define SPINAT_PLUGIN_H_

#include <plugins/plugin.h>

typedef struct spinat_plugin_t spinat_plugin_t;

/**
 * Plugin that lets plain ESP pass NATs, see spinat.opt.
 */
struct spinat_plugin_t {

	/**
	 * implements plugin interface
	 */
	plugin_t plugin;
};

/**
 * Create the plugin, called by the plugin loader.
 *
 * @return			plugin, NULL if the daemon is of another version
 */
plugin_t *spinat_plugin_create();

#endif /** SPINAT_PLUGIN_H_ @}*/
