package netlink

import (
	"errors"
	"fmt"
	"slices"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// NetkitMode is the layer at which a netkit pair works.
type NetkitMode uint32

// Modes of a netkit pair.
const (
	NETKIT_MODE_L2 NetkitMode = uapi.NETKIT_L2 // Ethernet frames
	NETKIT_MODE_L3 NetkitMode = uapi.NETKIT_L3 // packets without a link-layer header; the default of ip
)

// NetkitPolicy is the treatment of packets where no BPF program is attached.
type NetkitPolicy int

// Policies of an end of a netkit pair.
const (
	NETKIT_POLICY_FORWARD   NetkitPolicy = uapi.NETKIT_PASS
	NETKIT_POLICY_BLACKHOLE NetkitPolicy = uapi.NETKIT_DROP
)

// NetkitScrub says whether mark and priority of a packet are cleared when it goes to
// another namespace (Linux 6.10).
type NetkitScrub int

// Scrubbing by an end of a netkit pair.
const (
	NETKIT_SCRUB_NONE    NetkitScrub = uapi.NETKIT_SCRUB_NONE
	NETKIT_SCRUB_DEFAULT NetkitScrub = uapi.NETKIT_SCRUB_DEFAULT
)

// Netkit is one end of a pair of devices that BPF programs forward packets
// between: ip link add DEV type netkit (Linux 6.7). Mode, policies and scrubbing
// are always sent: the zero value is mode l2 without scrubbing, while ip makes
// mode l3 with it.
type Netkit struct {
	LinkAttrs
	Mode       NetkitMode
	Policy     NetkitPolicy // of this end
	PeerPolicy NetkitPolicy // of the other
	Scrub      NetkitScrub
	PeerScrub  NetkitScrub

	// Single makes a device without another end, to which queues of other devices are leased (NETKIT_DEVICE_SINGLE). It
	// has no scrubbing and forwards. A kernel that knows none, such as Linux 6.18, makes a pair.
	Single bool

	DesiredHeadroom uint16 // bytes to reserve before packets, 0 is unset (Linux 6.16)
	DesiredTailroom uint16 // bytes to reserve behind packets, 0 is unset

	supportsScrub bool
	isPrimary     bool
	peerLinkAttrs LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (n *Netkit) Attrs() *LinkAttrs { return &n.LinkAttrs }

// Type returns "netkit".
func (n *Netkit) Type() string { return "netkit" }

// IsPrimary reports whether this is the end that the pair was made by, whose owner
// sets what both ends do.
func (n *Netkit) IsPrimary() bool { return n.isPrimary }

// SupportsScrub reports whether the kernel said how packets are scrubbed.
func (n *Netkit) SupportsScrub() bool { return n.supportsScrub }

func (n *Netkit) peerObject() string {
	return peerObjectOf(n.peerLinkAttrs.Name, n.peerLinkAttrs.Namespace)
}

// SetPeerAttrs sets what the other end gets when the pair is made: its name, index,
// MTU, hardware address, namespace and limits of offloads.
func (n *Netkit) SetPeerAttrs(Attrs *LinkAttrs) { n.peerLinkAttrs = *Attrs }

func (n *Netkit) attrs(c *attr.Codec) {
	if c.Encoding() && n.Mode != NETKIT_MODE_L2 && (n.HardwareAddr != nil || n.peerLinkAttrs.HardwareAddr != nil) {
		c.Fail(errors.New("a netkit has a hardware address in mode l2 only"))
	}
	attr.U32(c, uapi.IFLA_NETKIT_MODE, &n.Mode)
	if single := n.Single && c.Encoding(); !single {
		n.pairAttrs(c)
	}
	attr.U16(c, uapi.IFLA_NETKIT_HEADROOM|attr.IfSet, &n.DesiredHeadroom)
	attr.U16(c, uapi.IFLA_NETKIT_TAILROOM|attr.IfSet, &n.DesiredTailroom)
	attr.Custom(c, uapi.IFLA_NETKIT_PAIRING|attr.IfSet, func(e *wire.Encoder) {
		if !n.Single {
			return
		}
		if n.Policy != NETKIT_POLICY_FORWARD || n.PeerPolicy != 0 || n.Scrub != 0 || n.PeerScrub != 0 || n.setsPeer() {
			e.Fail(errors.New("a netkit without another end has no policy, no scrubbing and no attributes of that end"))
		}
		e.Uint32(uapi.IFLA_NETKIT_PAIRING, uapi.NETKIT_DEVICE_SINGLE)
	}, func(b []byte) { n.Single = len(b) >= 4 && native.Uint32(b) == uapi.NETKIT_DEVICE_SINGLE })
}

// pairAttrs are the attributes of a pair alone.
func (n *Netkit) pairAttrs(c *attr.Codec) {
	attr.IntU32(c, uapi.IFLA_NETKIT_POLICY, &n.Policy, "policy", 1<<31-1)
	attr.IntU32(c, uapi.IFLA_NETKIT_PEER_POLICY, &n.PeerPolicy, "peer policy", 1<<31-1)
	attr.IntU32(c, uapi.IFLA_NETKIT_SCRUB, &n.Scrub, "scrub", 1<<31-1)
	attr.IntU32(c, uapi.IFLA_NETKIT_PEER_SCRUB, &n.PeerScrub, "peer scrub", 1<<31-1)
	attr.Custom(c, uapi.IFLA_NETKIT_SCRUB|attr.ReadOnly, nil, func([]byte) { n.supportsScrub = true })
	attr.Bool(c, uapi.IFLA_NETKIT_PRIMARY|attr.ReadOnly, &n.isPrimary)
}

// setsPeer reports whether there is something to say of the other end.
func (n *Netkit) setsPeer() bool {
	a := &n.peerLinkAttrs
	return a.Name != "" || a.Index != 0 || a.MTU != 0 || a.Flags != 0 || a.HardwareAddr != nil || a.Namespace != nil
}

// encodeRest sends the other end in the form of a message about a link.
func (n *Netkit) encodeRest(e *wire.Encoder) {
	a := &n.peerLinkAttrs
	if !n.setsPeer() {
		return
	}
	e.Nest(uapi.IFLA_NETKIT_PEER_INFO | uapi.NLA_F_NESTED)
	ifi := uapi.Ifinfomsg{Index: int32(a.Index)}
	putLinkFlags(&ifi, a)
	ifi.Put(e.Raw(uapi.SizeofIfinfomsg))
	if a.Name != "" {
		e.Fail(checkLinkName(a.Name))
		e.String(uapi.IFLA_IFNAME, a.Name)
	}
	set := *a
	set.MasterIndex, set.Xdp, set.TxQLen = 0, nil, -1
	encodeLinkAttrs(e, &set)
	e.End()
}

func (*Netkit) describe() desc.Kind { return desc.Kind{Fields: netkitFields, Help: netkitHelp} }

var netkitFields = []desc.Field{
	{Type: uapi.IFLA_NETKIT_MODE, Key: "mode", Usage: "{ l3 | l2 }", Names: netkitModes, Show: showNetkitName,
		Read: readNetkitMode},
	{Type: uapi.IFLA_NETKIT_PRIMARY, Key: "type", Show: showNetkitEnd},
	{Type: uapi.IFLA_NETKIT_POLICY, Key: "policy", Words: netkitPolicyWords, Names: netkitPolicies, Show: showNetkitName,
		Read: readNetkitPolicy},
	{Type: uapi.IFLA_NETKIT_PEER_POLICY, Key: "peer_policy", Word: "peer policy", Names: netkitPolicies,
		Show: showNetkitName},
	{Type: uapi.IFLA_NETKIT_SCRUB, Key: "scrub", Usage: "{ default | none }", Names: netkitScrubs, Show: showNetkitName,
		Read: readNetkitScrub},
	{Type: uapi.IFLA_NETKIT_PEER_SCRUB, Key: "peer_scrub", Word: "peer scrub", Names: netkitScrubs, Show: showNetkitName},
	{Type: uapi.IFLA_NETKIT_PAIRING, ReadOnly: true}, // ip does not show it
	{Type: uapi.IFLA_NETKIT_PEER_INFO, Word: "peer", Usage: "[ POLICY ] [ LINK_OPTIONS ]", Read: readNetkitPeer},
	{Type: uapi.IFLA_NETKIT_HEADROOM, ReadOnly: true}, // ip does not show these
	{Type: uapi.IFLA_NETKIT_TAILROOM, ReadOnly: true},
}

var (
	netkitModes       = []string{uapi.NETKIT_L2: "l2", uapi.NETKIT_L3: "l3"}
	netkitPolicies    = []string{uapi.NETKIT_PASS: "forward", uapi.NETKIT_DROP: "blackhole"}
	netkitPolicyWords = []string{"forward", "blackhole"}
	netkitScrubs      = []string{uapi.NETKIT_SCRUB_NONE: "none", uapi.NETKIT_SCRUB_DEFAULT: "default"}
)

func showNetkitName(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 4 {
		return
	}
	word := f.Word
	if word == "" {
		word = f.Key
	}
	p.Str(f.Key, word+" %s ", desc.NumberName(f.Names, uint64(native.Uint32(b))))
}

func showNetkitEnd(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	switch {
	case len(b) == 0:
	case b[0] != 0:
		p.Str("type", "type %s ", "primary")
	default:
		p.Str("type", "type %s ", "peer")
	}
}

func readNetkitMode(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	mode := slices.Index(f.Names, word)
	if mode < 0 {
		return &desc.UsageError{Text: `Error: argument of "mode" must be either "l3" or "l2"`, Status: 1}
	}
	e.Uint32(f.Type, uint32(mode))
	return nil
}

// readNetkitPolicy reads the policy of this end, which is its own keyword.
func readNetkitPolicy(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	policy := slices.Index(f.Names, in.Last())
	if policy < 0 {
		return fmt.Errorf("policy is %q or %q", netkitPolicyWords[0], netkitPolicyWords[1])
	}
	e.Uint32(f.Type, uint32(policy))
	return nil
}

func readNetkitScrub(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	scrub := slices.Index(netkitScrubs, word)
	if scrub < 0 {
		return &desc.UsageError{Text: `Error: scrub must be either "none" or "default"`, Status: 1}
	}
	e.Uint32(f.Type, uint32(scrub))
	return nil
}

// readNetkitPeer reads what the other end gets: its policy and how it scrubs, then the
// words that any link has.
func readNetkitPeer(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	for {
		switch {
		case in.Take(netkitPolicyWords...):
			e.Uint32(uapi.IFLA_NETKIT_PEER_POLICY, uint32(slices.Index(netkitPolicies, in.Last())))
		case in.Take("scrub"):
			if err := readNetkitScrub(in, &desc.Field{Type: uapi.IFLA_NETKIT_PEER_SCRUB}, e); err != nil {
				return err
			}
		case !in.More():
			return nil
		default:
			return readPeerLink(in, f, e)
		}
	}
}

var netkitHelp = [][2]string{
	{"mode", "l3: packets without a link-layer header; l2: Ethernet frames"},
	{"policy", "what becomes of packets where no BPF program is attached"},
	{"scrub", "default: mark and priority of packets are cleared; none: they stay"},
	{"peer", "policy, name, namespace and other options of the other end"},
}
