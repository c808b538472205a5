package netlink

import (
	"fmt"
	"strconv"

	"kern.sys/internal/uapi"
)

// BondMode says how a bond spreads frames over its ports.
type BondMode int

// Modes of a bond, see the kernel's Documentation/networking/bonding.rst.
const (
	BOND_MODE_BALANCE_RR    BondMode = uapi.BOND_MODE_ROUNDROBIN // one port after another
	BOND_MODE_ACTIVE_BACKUP BondMode = uapi.BOND_MODE_ACTIVEBACKUP
	BOND_MODE_BALANCE_XOR   BondMode = uapi.BOND_MODE_XOR // by a hash of the frame
	BOND_MODE_BROADCAST     BondMode = uapi.BOND_MODE_BROADCAST
	BOND_MODE_802_3AD       BondMode = uapi.BOND_MODE_8023AD // LACP
	BOND_MODE_BALANCE_TLB   BondMode = uapi.BOND_MODE_TLB    // what is sent, by the load of ports
	BOND_MODE_BALANCE_ALB   BondMode = uapi.BOND_MODE_ALB    // what is received, too
	BOND_MODE_UNKNOWN       BondMode = uapi.BOND_MODE_ALB + 1
)

// BondArpValidate says which ports' ARP (neighbour discovery) replies are looked into.
type BondArpValidate int

// Values of Bond.ArpValidate. Those with FILTER count only ARP as traffic.
const (
	BOND_ARP_VALIDATE_NONE BondArpValidate = iota
	BOND_ARP_VALIDATE_ACTIVE
	BOND_ARP_VALIDATE_BACKUP
	BOND_ARP_VALIDATE_ALL
	BOND_ARP_VALIDATE_FILTER
	BOND_ARP_VALIDATE_FILTER_ACTIVE
	BOND_ARP_VALIDATE_FILTER_BACKUP
)

// BondArpAllTargets says how many targets of ARP have to answer for a port to be up.
type BondArpAllTargets int

// Values of Bond.ArpAllTargets.
const (
	BOND_ARP_ALL_TARGETS_ANY BondArpAllTargets = iota
	BOND_ARP_ALL_TARGETS_ALL
)

// BondPrimaryReselect says when the primary port that comes back is the active one again.
type BondPrimaryReselect int

// Values of Bond.PrimaryReselect.
const (
	BOND_PRIMARY_RESELECT_ALWAYS  BondPrimaryReselect = iota
	BOND_PRIMARY_RESELECT_BETTER                      // if it is faster, or has a better duplex
	BOND_PRIMARY_RESELECT_FAILURE                     // if the active port fails
)

// BondFailOverMac is the policy for hardware addresses of the ports of an active-backup bond.
type BondFailOverMac int

// Values of Bond.FailOverMac.
const (
	BOND_FAIL_OVER_MAC_NONE   BondFailOverMac = iota // all that of the bond
	BOND_FAIL_OVER_MAC_ACTIVE                        // their own, and the bond that of the active one
	BOND_FAIL_OVER_MAC_FOLLOW                        // the active one gets the bond's
)

// BondXmitHashPolicy is the part of a frame by which a bond chooses the port.
type BondXmitHashPolicy int

// Values of Bond.XmitHashPolicy: addresses of the layers; ENCAP looks into tunnels.
const (
	BOND_XMIT_HASH_POLICY_LAYER2      BondXmitHashPolicy = uapi.BOND_XMIT_POLICY_LAYER2
	BOND_XMIT_HASH_POLICY_LAYER3_4    BondXmitHashPolicy = uapi.BOND_XMIT_POLICY_LAYER34
	BOND_XMIT_HASH_POLICY_LAYER2_3    BondXmitHashPolicy = uapi.BOND_XMIT_POLICY_LAYER23
	BOND_XMIT_HASH_POLICY_ENCAP2_3    BondXmitHashPolicy = uapi.BOND_XMIT_POLICY_ENCAP23
	BOND_XMIT_HASH_POLICY_ENCAP3_4    BondXmitHashPolicy = uapi.BOND_XMIT_POLICY_ENCAP34
	BOND_XMIT_HASH_POLICY_VLAN_SRCMAC BondXmitHashPolicy = uapi.BOND_XMIT_POLICY_VLAN_SRCMAC
	BOND_XMIT_HASH_POLICY_UNKNOWN     BondXmitHashPolicy = uapi.BOND_XMIT_POLICY_VLAN_SRCMAC + 1
)

// BondLacpRate says how often the partner of an 802.3ad bond is to send LACPDUs.
type BondLacpRate int

// Values of Bond.LacpRate.
const (
	BOND_LACP_RATE_SLOW BondLacpRate = iota // every 30 seconds
	BOND_LACP_RATE_FAST                     // every second
	BOND_LACP_RATE_UNKNOWN
)

// BondAdSelect says how an 802.3ad bond chooses the aggregator that is used.
type BondAdSelect int

// Values of Bond.AdSelect.
const (
	BOND_AD_SELECT_STABLE    BondAdSelect = iota // the widest, and no other until it has no ports
	BOND_AD_SELECT_BANDWIDTH                     // always the widest
	BOND_AD_SELECT_COUNT                         // that of most ports
	BOND_AD_SELECT_PRIO                          // that whose ports have the highest priorities (Linux 6.18)
)

// BondSlaveState says whether a port of a bond is in use.
type BondSlaveState uint8

// Values of BondSlave.State.
const (
	BondStateActive BondSlaveState = uapi.BOND_STATE_ACTIVE
	BondStateBackup BondSlaveState = uapi.BOND_STATE_BACKUP
)

// BondSlaveMiiStatus is the link monitor's state of a port of a bond.
type BondSlaveMiiStatus uint8

// Values of BondSlave.MiiStatus.
const (
	BondLinkUp   BondSlaveMiiStatus = uapi.BOND_LINK_UP
	BondLinkFail BondSlaveMiiStatus = uapi.BOND_LINK_FAIL // just gone down, see Bond.DownDelay
	BondLinkDown BondSlaveMiiStatus = uapi.BOND_LINK_DOWN
	BondLinkBack BondSlaveMiiStatus = uapi.BOND_LINK_BACK // coming up, see Bond.UpDelay
)

// Bits for the options of a bond. Nothing here uses them: an option of [Bond] that is not negative is set.
const (
	BOND_MODE_MASK uint64 = 1 << (1 + iota)
	BOND_ACTIVE_SLAVE_MASK
	BOND_MIIMON_MASK
	BOND_UPDELAY_MASK
	BOND_DOWNDELAY_MASK
	BOND_USE_CARRIER_MASK
	BOND_ARP_INTERVAL_MASK
	BOND_ARP_VALIDATE_MASK
	BOND_ARP_ALL_TARGETS_MASK
	BOND_PRIMARY_MASK
	BOND_PRIMARY_RESELECT_MASK
	BOND_FAIL_OVER_MAC_MASK
	BOND_XMIT_HASH_POLICY_MASK
	BOND_RESEND_IGMP_MASK
	BOND_NUM_PEER_NOTIF_MASK
	BOND_ALL_SLAVES_ACTIVE_MASK
	BOND_MIN_LINKS_MASK
	BOND_LP_INTERVAL_MASK
	BOND_PACKETS_PER_SLAVE_MASK
	BOND_LACP_RATE_MASK
	BOND_AD_SELECT_MASK
)

// The names of values, by number. Commands show and read them, too.
var (
	bondModes = []string{
		BOND_MODE_BALANCE_RR: "balance-rr", BOND_MODE_ACTIVE_BACKUP: "active-backup", BOND_MODE_BALANCE_XOR: "balance-xor",
		BOND_MODE_BROADCAST: "broadcast", BOND_MODE_802_3AD: "802.3ad", BOND_MODE_BALANCE_TLB: "balance-tlb",
		BOND_MODE_BALANCE_ALB: "balance-alb",
	}
	bondArpValidates = []string{
		BOND_ARP_VALIDATE_NONE: "none", BOND_ARP_VALIDATE_ACTIVE: "active", BOND_ARP_VALIDATE_BACKUP: "backup",
		BOND_ARP_VALIDATE_ALL:    "all",
		BOND_ARP_VALIDATE_FILTER: "filter", BOND_ARP_VALIDATE_FILTER_ACTIVE: "filter_active",
		BOND_ARP_VALIDATE_FILTER_BACKUP: "filter_backup",
	}
	bondArpAllTargets = []string{BOND_ARP_ALL_TARGETS_ANY: "any", BOND_ARP_ALL_TARGETS_ALL: "all"}
	bondReselects     = []string{
		BOND_PRIMARY_RESELECT_ALWAYS: "always", BOND_PRIMARY_RESELECT_BETTER: "better",
		BOND_PRIMARY_RESELECT_FAILURE: "failure",
	}
	bondFailOverMacs = []string{BOND_FAIL_OVER_MAC_NONE: "none", BOND_FAIL_OVER_MAC_ACTIVE: "active",
		BOND_FAIL_OVER_MAC_FOLLOW: "follow"}
	bondHashPolicies = []string{
		BOND_XMIT_HASH_POLICY_LAYER2: "layer2", BOND_XMIT_HASH_POLICY_LAYER3_4: "layer3+4",
		BOND_XMIT_HASH_POLICY_LAYER2_3: "layer2+3",
		BOND_XMIT_HASH_POLICY_ENCAP2_3: "encap2+3", BOND_XMIT_HASH_POLICY_ENCAP3_4: "encap3+4",
		BOND_XMIT_HASH_POLICY_VLAN_SRCMAC: "vlan+srcmac",
	}
	bondLacpRates = []string{BOND_LACP_RATE_SLOW: "slow", BOND_LACP_RATE_FAST: "fast"}
	bondAdSelects = []string{
		BOND_AD_SELECT_STABLE: "stable", BOND_AD_SELECT_BANDWIDTH: "bandwidth", BOND_AD_SELECT_COUNT: "count",
		BOND_AD_SELECT_PRIO: "actor_port_prio",
	}
	bondSlaveStates = []string{BondStateActive: "ACTIVE", BondStateBackup: "BACKUP"}
	bondMiiStatuses = []string{BondLinkUp: "UP", BondLinkFail: "GOING_DOWN", BondLinkDown: "DOWN",
		BondLinkBack: "GOING_BACK"}
)

// bondName returns the name of v, or the number with its type.
func bondName[T ~int | ~uint8](names []string, typ string, v T) string {
	if v >= 0 && uint64(v) < uint64(len(names)) {
		return names[v]
	}
	if typ == "" {
		return strconv.Itoa(int(v))
	}
	return fmt.Sprintf("%s(%d)", typ, int(v))
}

// String returns the mode as ip link shows it, "802.3ad".
func (b BondMode) String() string { return bondName(bondModes, "BondMode", b) }

// String returns the value as ip link shows it, "filter_active".
func (b BondArpValidate) String() string { return bondName(bondArpValidates, "BondArpValidate", b) }

// String returns "any" or "all".
func (b BondArpAllTargets) String() string {
	return bondName(bondArpAllTargets, "BondArpAllTargets", b)
}

// String returns "always", "better" or "failure".
func (b BondPrimaryReselect) String() string {
	return bondName(bondReselects, "BondPrimaryReselect", b)
}

// String returns "none", "active" or "follow".
func (b BondFailOverMac) String() string { return bondName(bondFailOverMacs, "BondFailOverMac", b) }

// String returns the policy as ip link shows it, "layer3+4".
func (b BondXmitHashPolicy) String() string {
	return bondName(bondHashPolicies, "XmitHashPolicy", b)
}

// String returns "slow" or "fast".
func (b BondLacpRate) String() string { return bondName(bondLacpRates, "LacpRate", b) }

// String returns the value as ip link shows it, "bandwidth".
func (b BondAdSelect) String() string { return bondName(bondAdSelects, "BondAdSelect", b) }

// String returns "ACTIVE" or "BACKUP".
func (b BondSlaveState) String() string { return bondName(bondSlaveStates, "", b) }

// String returns the status as ip link shows it, "GOING_DOWN".
func (b BondSlaveMiiStatus) String() string { return bondName(bondMiiStatuses, "", b) }

// StringToBondModeMap are the modes by name.
var StringToBondModeMap = map[string]BondMode{
	"balance-rr":    BOND_MODE_BALANCE_RR,
	"active-backup": BOND_MODE_ACTIVE_BACKUP,
	"balance-xor":   BOND_MODE_BALANCE_XOR,
	"broadcast":     BOND_MODE_BROADCAST,
	"802.3ad":       BOND_MODE_802_3AD,
	"balance-tlb":   BOND_MODE_BALANCE_TLB,
	"balance-alb":   BOND_MODE_BALANCE_ALB,
}

// StringToBondArpValidateMap are the values by name.
var StringToBondArpValidateMap = map[string]BondArpValidate{
	"none":          BOND_ARP_VALIDATE_NONE,
	"active":        BOND_ARP_VALIDATE_ACTIVE,
	"backup":        BOND_ARP_VALIDATE_BACKUP,
	"all":           BOND_ARP_VALIDATE_ALL,
	"filter":        BOND_ARP_VALIDATE_FILTER,
	"filter_active": BOND_ARP_VALIDATE_FILTER_ACTIVE,
	"filter_backup": BOND_ARP_VALIDATE_FILTER_BACKUP,
}

// StringToBondArpAllTargetsMap are the values by name.
var StringToBondArpAllTargetsMap = map[string]BondArpAllTargets{
	"any": weighed[BondArpAllTargets]{BOND_ARP_ALL_TARGETS_ANY, 0, 0}.value,
	"all": weighed[BondArpAllTargets]{BOND_ARP_ALL_TARGETS_ALL, 0, 0}.value,
}

// StringToBondPrimaryReselectMap are the values by name.
var StringToBondPrimaryReselectMap = map[string]BondPrimaryReselect{
	"always":  weighed[BondPrimaryReselect]{BOND_PRIMARY_RESELECT_ALWAYS, 0, 0}.value,
	"better":  weighed[BondPrimaryReselect]{BOND_PRIMARY_RESELECT_BETTER, 0, 0}.value,
	"failure": weighed[BondPrimaryReselect]{BOND_PRIMARY_RESELECT_FAILURE, 0, 0}.value,
}

// StringToBondFailOverMacMap are the values by name.
var StringToBondFailOverMacMap = map[string]BondFailOverMac{
	"none":   weighed[BondFailOverMac]{BOND_FAIL_OVER_MAC_NONE, 0, 0}.value,
	"active": weighed[BondFailOverMac]{BOND_FAIL_OVER_MAC_ACTIVE, 0, 0}.value,
	"follow": weighed[BondFailOverMac]{BOND_FAIL_OVER_MAC_FOLLOW, 0, 0}.value,
}

// StringToBondXmitHashPolicyMap are the policies by name.
var StringToBondXmitHashPolicyMap = map[string]BondXmitHashPolicy{
	"layer2":      weighed[BondXmitHashPolicy]{BOND_XMIT_HASH_POLICY_LAYER2, 0, 0}.value,
	"layer3+4":    weighed[BondXmitHashPolicy]{BOND_XMIT_HASH_POLICY_LAYER3_4, 0, 0}.value,
	"layer2+3":    weighed[BondXmitHashPolicy]{BOND_XMIT_HASH_POLICY_LAYER2_3, 0, 0}.value,
	"encap2+3":    weighed[BondXmitHashPolicy]{BOND_XMIT_HASH_POLICY_ENCAP2_3, 0, 0}.value,
	"encap3+4":    weighed[BondXmitHashPolicy]{BOND_XMIT_HASH_POLICY_ENCAP3_4, 0, 0}.value,
	"vlan+srcmac": weighed[BondXmitHashPolicy]{BOND_XMIT_HASH_POLICY_VLAN_SRCMAC, 0, 0}.value,
}

// StringToBondLacpRateMap are the rates by name.
var StringToBondLacpRateMap = map[string]BondLacpRate{
	"slow": weighed[BondLacpRate]{BOND_LACP_RATE_SLOW, 0, 0}.value,
	"fast": weighed[BondLacpRate]{BOND_LACP_RATE_FAST, 0, 0}.value,
}

// StringToBondAdSelectMap are the values by name.
var StringToBondAdSelectMap = map[string]BondAdSelect{
	"stable":          weighed[BondAdSelect]{BOND_AD_SELECT_STABLE, 0, 0}.value,
	"bandwidth":       weighed[BondAdSelect]{BOND_AD_SELECT_BANDWIDTH, 0, 0}.value,
	"count":           weighed[BondAdSelect]{BOND_AD_SELECT_COUNT, 0, 0}.value,
	"actor_port_prio": weighed[BondAdSelect]{BOND_AD_SELECT_PRIO, 0, 0}.value,
}

// StringToBondMode returns the mode of that name, or BOND_MODE_UNKNOWN.
func StringToBondMode(s string) BondMode { return bondValue(bondModes, s, BOND_MODE_UNKNOWN) }

// StringToBondXmitHashPolicy returns the policy of that name, or BOND_XMIT_HASH_POLICY_UNKNOWN.
func StringToBondXmitHashPolicy(s string) BondXmitHashPolicy {
	return bondValue(bondHashPolicies, s, BOND_XMIT_HASH_POLICY_UNKNOWN)
}

// StringToBondLacpRate returns the rate of that name, or BOND_LACP_RATE_UNKNOWN.
func StringToBondLacpRate(s string) BondLacpRate {
	return bondValue(bondLacpRates, s, BOND_LACP_RATE_UNKNOWN)
}

// bondValue returns the value of that name, or unknown.
func bondValue[T ~int](names []string, s string, unknown T) T {
	for i, name := range names {
		if name == s {
			return T(i)
		}
	}
	return unknown
}
