package ip

import (
	"strings"

	"kern.sys/netlink"
	"kern.sys/netlink/desc"
)

// kindFields describes the attributes of a kind of link; nil where it is not known.
func kindFields(kind string) *desc.Kind { return netlink.DescribeLink(kind) }

// portFields describes the attributes of ports of a kind of link; nil where they have none.
func portFields(kind string) *desc.Kind { return netlink.DescribeLinkPort(kind) }

// kindNames are the kinds that are known by more than their name.
func kindNames() []string { return netlink.LinkKinds() }

// portNames are the names by which the attributes of ports are set: "bridge_slave".
func portNames() []string {
	var names []string
	for _, kind := range kindNames() {
		if portFields(kind) != nil {
			names = append(names, kind+"_slave")
		}
	}
	return names
}

// kindGrammar is the grammar of the options of a kind of link, or of the ports of one
// ("bridge_slave"), an element a keyword; nil where it is not known.
func kindGrammar(kind string) []string {
	fields := kindFields(kind)
	if port, ok := strings.CutSuffix(kind, "_slave"); ok {
		fields = portFields(port)
	}
	if fields == nil {
		return nil
	}
	return desc.Usage(fields)
}
