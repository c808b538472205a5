package nl

import (
	"strconv"

	"kern.sys/internal/uapi"
)

// IPSetError is an error number of ipset (IPSET_ERR_…), which are larger than those of the system. The numbers from
// IPSET_ERR_TYPE_SPECIFIC on mean another thing for each group of set types: IPSET_ERR_HASH_FULL is
// IPSET_ERR_BITMAP_RANGE and IPSET_ERR_NAME.
type IPSetError uintptr

// ipsetErrorNames are the meanings of the numbers that are the same for all set types.
var ipsetErrorNames = [...]string{
	0:                                                  "private", // IPSET_ERR_PRIVATE itself
	IPSET_ERR_PROTOCOL - IPSET_ERR_PRIVATE:             "invalid protocol",
	IPSET_ERR_FIND_TYPE - IPSET_ERR_PRIVATE:            "invalid type",
	IPSET_ERR_MAX_SETS - IPSET_ERR_PRIVATE:             "max sets reached",
	IPSET_ERR_BUSY - IPSET_ERR_PRIVATE:                 "busy",
	IPSET_ERR_EXIST_SETNAME2 - IPSET_ERR_PRIVATE:       "exist_setname2",
	IPSET_ERR_TYPE_MISMATCH - IPSET_ERR_PRIVATE:        "type mismatch",
	IPSET_ERR_EXIST - IPSET_ERR_PRIVATE:                "exist",
	IPSET_ERR_INVALID_CIDR - IPSET_ERR_PRIVATE:         "invalid cidr",
	IPSET_ERR_INVALID_NETMASK - IPSET_ERR_PRIVATE:      "invalid netmask",
	IPSET_ERR_INVALID_FAMILY - IPSET_ERR_PRIVATE:       "invalid family",
	IPSET_ERR_TIMEOUT - IPSET_ERR_PRIVATE:              "timeout",
	IPSET_ERR_REFERENCED - IPSET_ERR_PRIVATE:           "referenced",
	IPSET_ERR_IPADDR_IPV4 - IPSET_ERR_PRIVATE:          "invalid ipv4 address",
	IPSET_ERR_IPADDR_IPV6 - IPSET_ERR_PRIVATE:          "invalid ipv6 address",
	IPSET_ERR_COUNTER - IPSET_ERR_PRIVATE:              "invalid counter",
	IPSET_ERR_COMMENT - IPSET_ERR_PRIVATE:              "invalid comment",
	IPSET_ERR_INVALID_MARKMASK - IPSET_ERR_PRIVATE:     "invalid markmask",
	IPSET_ERR_SKBINFO - IPSET_ERR_PRIVATE:              "skbinfo",
	IPSET_ERR_BITMASK_NETMASK_EXCL - IPSET_ERR_PRIVATE: "bitmask and netmask exclude each other",
}

// ipsetTypeErrorNames are the meanings of the numbers that each group of types has for itself, in one text: the
// kernel's answer does not say the type.
var ipsetTypeErrorNames = [...]string{
	IPSET_ERR_HASH_FULL - IPSET_ERR_TYPE_SPECIFIC: "hash: full; bitmap: out of the set's range; " +
		"list: no set of the name",
	IPSET_ERR_HASH_ELEM - IPSET_ERR_TYPE_SPECIFIC: "hash: an element of zeros; bitmap: range too large; " +
		"list: a list in a list",
	IPSET_ERR_INVALID_PROTO - IPSET_ERR_TYPE_SPECIFIC: "hash: invalid protocol; " +
		"list: before or after no set",
	IPSET_ERR_MISSING_PROTO - IPSET_ERR_TYPE_SPECIFIC: "hash: no protocol given; " +
		"list: no set of the name of reference",
	IPSET_ERR_HASH_RANGE_UNSUPPORTED - IPSET_ERR_TYPE_SPECIFIC: "hash: takes no range; list: full",
	IPSET_ERR_HASH_RANGE - IPSET_ERR_TYPE_SPECIFIC: "hash: invalid range; " +
		"list: the set of reference is not in it",
}

// Error returns the meaning of the number.
func (e IPSetError) Error() string {
	if i := int(e) - IPSET_ERR_PRIVATE; i >= 0 && i < len(ipsetErrorNames) {
		return ipsetErrorNames[i]
	}
	if i := int(e) - IPSET_ERR_TYPE_SPECIFIC; i >= 0 && i < len(ipsetTypeErrorNames) {
		return ipsetTypeErrorNames[i]
	}
	return "errno " + strconv.Itoa(int(e))
}

// GetIpsetFlags returns the flags (NLM_F_…) of a command's message (IPSET_CMD_…), 0 for a command that it does not
// know.
func GetIpsetFlags(cmd int) int {
	const ask, order = uapi.NLM_F_REQUEST, uapi.NLM_F_REQUEST | uapi.NLM_F_ACK
	switch cmd {
	case IPSET_CMD_CREATE:
		return order | uapi.NLM_F_CREATE
	case IPSET_CMD_DESTROY, IPSET_CMD_FLUSH, IPSET_CMD_RENAME, IPSET_CMD_SWAP, IPSET_CMD_TEST,
		IPSET_CMD_ADD, IPSET_CMD_DEL:
		return order
	case IPSET_CMD_LIST, IPSET_CMD_SAVE:
		return order | uapi.NLM_F_DUMP
	case IPSET_CMD_HEADER, IPSET_CMD_TYPE, IPSET_CMD_PROTOCOL:
		return ask
	}
	return 0
}
