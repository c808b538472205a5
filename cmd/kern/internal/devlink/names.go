package devlink

import (
	"kern.sys/internal/uapi"
)

// The names of numbers. "" is none.
var (
	portTypes = []string{
		uapi.DEVLINK_PORT_TYPE_NOTSET: "notset",
		uapi.DEVLINK_PORT_TYPE_AUTO:   "auto",
		uapi.DEVLINK_PORT_TYPE_ETH:    "eth",
		uapi.DEVLINK_PORT_TYPE_IB:     "ib",
	}
	flavours = []string{
		uapi.DEVLINK_PORT_FLAVOUR_PHYSICAL: "physical",
		uapi.DEVLINK_PORT_FLAVOUR_CPU:      "cpu",
		uapi.DEVLINK_PORT_FLAVOUR_DSA:      "dsa",
		uapi.DEVLINK_PORT_FLAVOUR_PCI_PF:   "pcipf",
		uapi.DEVLINK_PORT_FLAVOUR_PCI_VF:   "pcivf",
		uapi.DEVLINK_PORT_FLAVOUR_PCI_SF:   "pcisf",
		uapi.DEVLINK_PORT_FLAVOUR_VIRTUAL:  "virtual",
		uapi.DEVLINK_PORT_FLAVOUR_UNUSED:   "unused",
	}
	fnStates = []string{
		uapi.DEVLINK_PORT_FN_STATE_INACTIVE: "inactive",
		uapi.DEVLINK_PORT_FN_STATE_ACTIVE:   "active",
	}
	fnOpstates = []string{
		uapi.DEVLINK_PORT_FN_OPSTATE_DETACHED: "detached",
		uapi.DEVLINK_PORT_FN_OPSTATE_ATTACHED: "attached",
	}
	eswitchModes = []string{
		uapi.DEVLINK_ESWITCH_MODE_LEGACY:             "legacy",
		uapi.DEVLINK_ESWITCH_MODE_SWITCHDEV:          "switchdev",
		uapi.DEVLINK_ESWITCH_MODE_SWITCHDEV_INACTIVE: "switchdev_inactive",
	}
	inlineModes = []string{
		uapi.DEVLINK_ESWITCH_INLINE_MODE_NONE:      "none",
		uapi.DEVLINK_ESWITCH_INLINE_MODE_LINK:      "link",
		uapi.DEVLINK_ESWITCH_INLINE_MODE_NETWORK:   "network",
		uapi.DEVLINK_ESWITCH_INLINE_MODE_TRANSPORT: "transport",
	}
	encapModes = []string{
		uapi.DEVLINK_ESWITCH_ENCAP_MODE_NONE:  "none",
		uapi.DEVLINK_ESWITCH_ENCAP_MODE_BASIC: "basic",
	}
	cmodes = []string{
		uapi.DEVLINK_PARAM_CMODE_RUNTIME:    "runtime",
		uapi.DEVLINK_PARAM_CMODE_DRIVERINIT: "driverinit",
		uapi.DEVLINK_PARAM_CMODE_PERMANENT:  "permanent",
	}
	reloadActions = []string{
		uapi.DEVLINK_RELOAD_ACTION_DRIVER_REINIT: "driver_reinit",
		uapi.DEVLINK_RELOAD_ACTION_FW_ACTIVATE:   "fw_activate",
	}
	reloadLimits = []string{
		uapi.DEVLINK_RELOAD_LIMIT_UNSPEC:   "unspecified",
		uapi.DEVLINK_RELOAD_LIMIT_NO_RESET: "no_reset",
	}
	selftestNames    = []string{uapi.DEVLINK_ATTR_SELFTEST_ID_FLASH: "flash"}
	selftestStatuses = []string{
		uapi.DEVLINK_SELFTEST_STATUS_SKIP: "skipped",
		uapi.DEVLINK_SELFTEST_STATUS_PASS: "passed",
		uapi.DEVLINK_SELFTEST_STATUS_FAIL: "failed",
	}
	poolTypes = []string{
		uapi.DEVLINK_SB_POOL_TYPE_INGRESS: "ingress",
		uapi.DEVLINK_SB_POOL_TYPE_EGRESS:  "egress",
	}
	thresholdTypes = []string{
		uapi.DEVLINK_SB_THRESHOLD_TYPE_STATIC:  "static",
		uapi.DEVLINK_SB_THRESHOLD_TYPE_DYNAMIC: "dynamic",
	}
	healthStates  = []string{"healthy", "error"} // the kernel's headers have no names for them
	resourceUnits = []string{uapi.DEVLINK_RESOURCE_UNIT_ENTRY: "entry"}
	trapTypes     = []string{
		uapi.DEVLINK_TRAP_TYPE_DROP:      "drop",
		uapi.DEVLINK_TRAP_TYPE_EXCEPTION: "exception",
		uapi.DEVLINK_TRAP_TYPE_CONTROL:   "control",
	}
	trapActions = []string{
		uapi.DEVLINK_TRAP_ACTION_DROP:   "drop",
		uapi.DEVLINK_TRAP_ACTION_TRAP:   "trap",
		uapi.DEVLINK_TRAP_ACTION_MIRROR: "mirror",
	}
	trapMetadata = []string{
		uapi.DEVLINK_ATTR_TRAP_METADATA_TYPE_IN_PORT:   "input_port",
		uapi.DEVLINK_ATTR_TRAP_METADATA_TYPE_FA_COOKIE: "flow_action_cookie",
	}
	rateTypes = []string{
		uapi.DEVLINK_RATE_TYPE_LEAF: "leaf",
		uapi.DEVLINK_RATE_TYPE_NODE: "node",
	}
	linecardStates = []string{
		uapi.DEVLINK_LINECARD_STATE_UNPROVISIONED:       "unprovisioned",
		uapi.DEVLINK_LINECARD_STATE_UNPROVISIONING:      "unprovisioning",
		uapi.DEVLINK_LINECARD_STATE_PROVISIONING:        "provisioning",
		uapi.DEVLINK_LINECARD_STATE_PROVISIONING_FAILED: "provisioning_failed",
		uapi.DEVLINK_LINECARD_STATE_PROVISIONED:         "provisioned",
		uapi.DEVLINK_LINECARD_STATE_ACTIVE:              "active",
	}
	mappings     = []string{uapi.DEVLINK_DPIPE_FIELD_MAPPING_TYPE_IFINDEX: "ifindex"}
	matchTypes   = []string{uapi.DEVLINK_DPIPE_MATCH_TYPE_FIELD_EXACT: "field_exact"}
	dpipeActions = []string{uapi.DEVLINK_DPIPE_ACTION_TYPE_FIELD_MODIFY: "field_modify"}
)

// nameOf is the name of a number, what being a word for those without one.
func nameOf(names []string, n uint64, what string) string {
	if n < uint64(len(names)) && names[n] != "" {
		return names[n]
	}
	return "<unknown " + what + ">"
}
