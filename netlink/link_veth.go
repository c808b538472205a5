package netlink

import (
	"fmt"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Veth is one end of a pair of Ethernet devices; a frame sent on one comes in
// on the other. ip link add DEV type veth peer name PEER. Begin with [NewVeth].
//
// The fields of the other end are for [Handle.LinkAdd] and are never read.
// Where its queue length, numbers of queues or MTU are not set, it gets those of
// LinkAttrs. In a literal PeerTxQLen is 0, a queue of no packets: begin with
// NewVeth.
type Veth struct {
	LinkAttrs
	PeerName         string           // "" lets the kernel choose
	PeerHardwareAddr net.HardwareAddr // nil lets the kernel choose
	PeerNamespace    interface{}      // where to make it: NsPid, NsFd or netns.NsHandle; nil: beside this end
	PeerTxQLen       int              // packets; 0 is none, -1 is unset
	PeerNumTxQueues  uint32           // 0 is unset
	PeerNumRxQueues  uint32           // 0 is unset
	PeerMTU          uint32           // bytes, 0 is unset
}

// NewVeth returns a Veth with these attributes, and nothing set for its other
// end.
func NewVeth(attr LinkAttrs) *Veth { return &Veth{LinkAttrs: attr, PeerTxQLen: -1} }

// Attrs returns the attributes that all kinds have.
func (v *Veth) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "veth".
func (v *Veth) Type() string { return "veth" }

func (v *Veth) peerObject() string { return peerObjectOf(v.PeerName, v.PeerNamespace) }

func (v *Veth) attrs(c *attr.Codec) {
	if c.Decoding() {
		v.PeerTxQLen = -1 // unset
	}
}

// encodeRest sends the other end in the form of a message about a link.
func (v *Veth) encodeRest(e *wire.Encoder) {
	e.Nest(uapi.VETH_INFO_PEER)
	e.Raw(uapi.SizeofIfinfomsg)
	if v.PeerName != "" {
		e.Fail(checkLinkName(v.PeerName))
		e.String(uapi.IFLA_IFNAME, v.PeerName)
	}
	for _, f := range [...]struct {
		typ        uint16
		peer, mine int
		least      int // the least value that is one
	}{
		{uapi.IFLA_TXQLEN, v.PeerTxQLen, v.TxQLen, 0},
		{uapi.IFLA_NUM_TX_QUEUES, int(v.PeerNumTxQueues), v.NumTxQueues, 1},
		{uapi.IFLA_NUM_RX_QUEUES, int(v.PeerNumRxQueues), v.NumRxQueues, 1},
		{uapi.IFLA_MTU, int(v.PeerMTU), v.MTU, 1},
	} {
		n := f.peer
		if n < f.least {
			n = f.mine
		}
		if n >= f.least {
			e.Uint32(f.typ, toUint32(e, "peer's value", n))
		}
	}
	if v.PeerHardwareAddr != nil {
		e.Data(uapi.IFLA_ADDRESS, v.PeerHardwareAddr)
	}
	if v.PeerNamespace != nil {
		encodeNamespace(e, v.PeerNamespace)
	}
	e.End()
}

// VethPeerIndex returns the index of the other end of a pair, in the namespace
// that end is in (see LinkAttrs.NetNsID).
func (h *Handle) VethPeerIndex(link *Veth) (int, error) {
	object := func() string { return linkObject(link) }
	if noLink(link) {
		return -1, &wire.Error{Op: "veth peer index", Err: errNoLink}
	}
	var found Link
	err := h.withDetails().get(linkRequest(uapi.RTM_GETLINK, 0, link), "veth peer index", object,
		func(m wire.Message) (err error) {
			found, err = decodeLink(m.Data)
			return err
		})
	if err != nil {
		return -1, err
	}
	if _, ok := found.(*Veth); !ok {
		return -1, &wire.Error{Op: "veth peer index", Object: object(), Err: fmt.Errorf("is a %s, not a veth", found.Type())}
	}
	return found.Attrs().ParentIndex, nil
}

func (*Veth) describe() desc.Kind { return desc.Kind{Fields: vethFields, Help: vethHelp} }

var vethFields = []desc.Field{
	{Type: uapi.VETH_INFO_PEER, Word: "peer", Usage: "LINK_OPTIONS", Read: readPeerLink},
}

// readPeerLink reads the other end of a pair: the words that any link has, and a name
// without a keyword.
func readPeerLink(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if in.LinkOptions == nil {
		return fmt.Errorf("peer: options of a link are not taken here")
	}
	e.Nest(f.Type)
	at := len(e.Bytes())
	e.Raw(uapi.SizeofIfinfomsg)
	header, err := in.LinkOptions(in, e)
	if err != nil {
		return err
	}
	header.Put(e.Bytes()[at:])
	e.End()
	return nil
}

var vethHelp = [][2]string{
	{"peer", "name, namespace and other options of the other end"},
}
