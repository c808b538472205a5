package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Wwan is a link to a network by a modem, one of several that the modem may carry: ip link add DEV parentdev MODEM
// type wwan linkid ID (Linux 5.14). LinkAttrs.ParentDev is the modem, as /sys/class/wwan names it, and is to be given.
type Wwan struct {
	LinkAttrs
	LinkID uint32 // of the session, as the modem counts
}

// Attrs returns the attributes that all kinds have.
func (w *Wwan) Attrs() *LinkAttrs { return &w.LinkAttrs }

// Type returns "wwan".
func (w *Wwan) Type() string { return "wwan" }

func (w *Wwan) attrs(c *attr.Codec) { attr.U32(c, uapi.IFLA_WWAN_LINK_ID, &w.LinkID) }

func (*Wwan) describe() desc.Kind { return desc.Kind{Fields: wwanFields, Help: wwanHelp} }

var wwanFields = []desc.Field{
	{Type: uapi.IFLA_WWAN_LINK_ID, Key: "linkid", Form: desc.U32, Usage: "LINKID"},
}

var wwanHelp = [][2]string{
	{"linkid", "the number of the link, of those that the modem carries"},
}
