package netlink

import (
	"errors"
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// NeighAdd adds a neighbour: ip neighbour add, or bridge fdb add with the family
// AF_BRIDGE. One that is there already is EEXIST.
func (h *Handle) NeighAdd(neigh *Neigh) error {
	return h.neighChange("neigh add", uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, neigh)
}

// NeighSet adds a neighbour or changes one that is there: ip neighbour replace,
// bridge fdb replace.
func (h *Handle) NeighSet(neigh *Neigh) error {
	return h.neighChange("neigh set", uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE, neigh)
}

// NeighAppend adds one more destination to a VXLAN device's forwarding entry:
// bridge fdb append.
func (h *Handle) NeighAppend(neigh *Neigh) error {
	return h.neighChange("neigh append", uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_APPEND, neigh)
}

// NeighDel removes a neighbour: ip neighbour del, bridge fdb del. One that is not
// there is ENOENT. A forwarding entry of a bridge without Vlan stands for those of all VLANs of its port.
func (h *Handle) NeighDel(neigh *Neigh) error {
	return h.neighChange("neigh del", uapi.RTM_DELNEIGH, 0, neigh)
}

func (h *Handle) neighChange(op string, typ, flags uint16, neigh *Neigh) error {
	if neigh == nil {
		return h.refuse(errNoNeigh, op, noObject)
	}
	r := wire.NewRequest(typ, flags)
	neigh.encode(r)
	return h.exec(r, op, neigh.object)
}

var errNoNeigh = errors.New("no neighbour given")

// object names the neighbour in errors.
func (neigh *Neigh) object() string {
	var b strings.Builder
	if len(neigh.IP) != 0 {
		fmt.Fprintf(&b, "%s ", neigh.IP)
	}
	if len(neigh.HardwareAddr) != 0 {
		fmt.Fprintf(&b, "lladdr %s ", addrOf(neigh.HardwareAddr))
	}
	if neigh.Flags&NTF_PROXY != 0 {
		b.WriteString("proxy ")
	}
	fmt.Fprintf(&b, "dev index %d", neigh.LinkIndex)
	return b.String()
}

// NeighGet looks one neighbour up: ip neighbour get, bridge fdb get. It is identified
// by its IP and LinkIndex and NTF_PROXY in Flags, or, with the family AF_BRIDGE,
// by its HardwareAddr, Vlan, LinkIndex or MasterIndex, and NTF_SELF or NTF_MASTER
// in Flags. One that is not there is an error that matches os.ErrNotExist. It
// needs Linux 5.0.
func (h *Handle) NeighGet(neigh *Neigh) (*Neigh, error) {
	const op = "neigh get"
	if neigh == nil {
		return nil, &wire.Error{Op: op, Err: errNoNeigh}
	}
	r := wire.NewRequest(uapi.RTM_GETNEIGH, 0)
	flags := neigh.Flags & NTF_PROXY
	if neigh.Family == uapi.AF_BRIDGE {
		flags = neigh.Flags & (NTF_SELF | NTF_MASTER)
	}
	neigh.encodeKey(r, uapi.Ndmsg{Flags: uint8(flags)})
	var found *Neigh
	err := h.withDetails().get(r, op, neigh.object, func(m wire.Message) (err error) {
		found, err = NeighDeserialize(m.Data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
