package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// EncodeActions adds an attribute for each of the actions to the one of a filter that holds them,
// such as TCA_FLOWER_ACT.
func EncodeActions(attr *nl.RtAttr, actions []Action) error {
	for i, action := range actions {
		var e wire.Encoder
		encodeAction(&e, action)
		if err := e.Err(); err != nil {
			return err
		}
		attr.AddRtAttr(uapi.TCA_ACT_TAB+i, e.Bytes())
	}
	return nil
}
