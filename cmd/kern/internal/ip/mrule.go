package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

func mruleUsage() string {
	return `
mrule { add | del } SELECTOR [ table TABLE_ID | TYPE ]
mrule { flush [ SELECTOR ] | save | restore }
mrule [ list [ SELECTOR ] ]
SELECTOR := [ not ] [ fwmark FWMARK[/MASK] ] [ iif DEV ] [ oif DEV ]
            [ pref NUMBER ] [ protocol RTPROTO ]
TABLE_ID := { local | main | default | NUMBER }
TYPE := { blackhole | unreachable | prohibit }
`
}

// runMrule is about rules by which the tables of multicast routes are chosen. They are rules of families of their
// own. The kernel knows no prefix in them, and takes no notice of one; so they are refused here, as by ip.
func runMrule(c *cli.Command) error {
	families := map[int]int{
		uapi.AF_UNSPEC: uapi.RTNL_FAMILY_IPMR, uapi.AF_INET: uapi.RTNL_FAMILY_IPMR, uapi.AF_INET6: uapi.RTNL_FAMILY_IP6MR,
	}
	family, ok := families[c.Family]
	if !ok {
		return cli.Exit(cli.StatusUsage, "Multicast rules are only supported for IPv4/IPv6, was: %d", c.Family)
	}
	defer func(asked int) { c.Family = asked }(c.Family)
	c.Family, c.Object = family, "rule"
	return runRule(c)
}
