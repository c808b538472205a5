package tc

import (
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/netlink/desc"
)

// showUnknown prints the attributes of a newer kernel than this program knows. Those without a payload pad others, on
// machines that want numbers of 64 bits aligned.
func showUnknown(p *desc.Printer, attrs desc.Attrs, last uint16) {
	unknown := desc.Attrs{}
	for typ, b := range attrs {
		if len(b) != 0 {
			unknown[typ] = b
		}
	}
	ip.ShowUnknown(p, "%s ", unknown, last)
}
