package tc

import (
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/netlink/desc"
)

// showUnknown prints the attributes of a newer kernel than this program knows.
func showUnknown(p *desc.Printer, attrs desc.Attrs, last uint16) { ip.ShowUnknown(p, "%s ", attrs, last) }
