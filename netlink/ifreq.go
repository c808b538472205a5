package netlink

import "kern.sys/internal/uapi"

// Ifreq is the request of a device's ioctl, struct ifreq of netdevice(7), with a pointer. Nothing here takes it: what
// ioctls of links do is done by netlink.
type Ifreq struct {
	Name [uapi.IFNAMSIZ]byte
	Data uintptr
}

// IfreqSlave is the request of an ioctl about a port of a bond. Nothing here takes it, see LinkSetBondSlave.
type IfreqSlave struct {
	Name  [uapi.IFNAMSIZ]byte
	Slave [uapi.IFNAMSIZ]byte
}

// SizeOfIfReq is the size of struct ifreq on machines of 64 bits, in bytes.
const SizeOfIfReq = 40

// SIOCETHTOOL is the ioctl(2) that asks a driver, by an [Ifreq] with the address of a command's structure.
const SIOCETHTOOL = uapi.SIOCETHTOOL

// Commands of SIOCETHTOOL.
const (
	ETHTOOL_GSTRINGS   = uapi.ETHTOOL_GSTRINGS   // the strings of a set
	ETHTOOL_GSTATS     = uapi.ETHTOOL_GSTATS     // counters, in the order of their names in ETH_SS_STATS
	ETHTOOL_GSSET_INFO = uapi.ETHTOOL_GSSET_INFO // how many strings sets have
)

// Sets of strings.
const (
	ETH_SS_TEST           = uapi.ETH_SS_TEST           // names of self-tests
	ETH_SS_STATS          = uapi.ETH_SS_STATS          // names of counters
	ETH_SS_PRIV_FLAGS     = uapi.ETH_SS_PRIV_FLAGS     // names of a driver's own flags
	ETH_SS_FEATURES       = uapi.ETH_SS_FEATURES       // names of features
	ETH_SS_RSS_HASH_FUNCS = uapi.ETH_SS_RSS_HASH_FUNCS // names of hash functions
)
