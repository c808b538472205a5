package netlink

import (
	"math"
	"os"
	"os/user"
	"strconv"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// TUN is the character device that tun and tap devices are made with.
const TUN = "/dev/net/tun"

// TuntapMode says whether a device passes IP packets or Ethernet frames.
type TuntapMode uint16

// Modes of a tun device.
const (
	TUNTAP_MODE_TUN TuntapMode = uapi.IFF_TUN // IP packets
	TUNTAP_MODE_TAP TuntapMode = uapi.IFF_TAP // Ethernet frames
)

// StringToTuntapModeMap are the modes by name.
var StringToTuntapModeMap = map[string]TuntapMode{
	"tun": weighed[TuntapMode]{TUNTAP_MODE_TUN, 0, 0}.value,
	"tap": weighed[TuntapMode]{TUNTAP_MODE_TAP, 0, 0}.value,
}

// String returns "tun", "tap" or "unknown".
func (m TuntapMode) String() string {
	switch m {
	case TUNTAP_MODE_TUN:
		return "tun"
	case TUNTAP_MODE_TAP:
		return "tap"
	}
	return "unknown"
}

// TuntapFlag are the flags of a tun device, see the kernel's
// Documentation/networking/tuntap.rst.
type TuntapFlag uint16

// Flags of a tun device.
const (
	TUNTAP_TUN_EXCL    TuntapFlag = uapi.IFF_TUN_EXCL    // an existing device is an error
	TUNTAP_ONE_QUEUE   TuntapFlag = uapi.IFF_ONE_QUEUE   // without effect since Linux 3.8
	TUNTAP_VNET_HDR    TuntapFlag = uapi.IFF_VNET_HDR    // packets have a struct virtio_net_hdr
	TUNTAP_NO_PI       TuntapFlag = uapi.IFF_NO_PI       // packets have no struct tun_pi
	TUNTAP_MULTI_QUEUE TuntapFlag = uapi.IFF_MULTI_QUEUE // more than one queue

	TUNTAP_DEFAULTS             TuntapFlag = TUNTAP_TUN_EXCL | TUNTAP_ONE_QUEUE
	TUNTAP_MULTI_QUEUE_DEFAULTS TuntapFlag = TUNTAP_MULTI_QUEUE | TUNTAP_NO_PI
)

// Tuntap is a device whose other side is a program: ip tuntap add. LinkAdd
// makes it with /dev/net/tun, in the namespace of the handle.
//
// Without Queues, LinkAdd makes a device that stays, for a program to attach to
// later. With them it opens that many queues, and Fds are theirs. Flags that
// are 0 become TUNTAP_DEFAULTS without Queues, else
// TUNTAP_MULTI_QUEUE_DEFAULTS.
type Tuntap struct {
	LinkAttrs
	Mode           TuntapMode
	Flags          TuntapFlag
	NonPersist     bool // the device goes when its last queue is closed
	Queues         int  // how many; of a device that was read, those in use
	DisabledQueues int  // detached, only read
	// Fds are the queues that were opened here, to read and write packets. Who
	// made the link closes them. With NonPersist there is always one.
	Fds []*os.File
	// Owner and Group are the user and the group that may attach to the device;
	// processes with CAP_NET_ADMIN always may. With both 0 they are root and its group.
	// One of them alone that is 0 is not set, nor is one that is math.MaxUint32;
	// many kernels let everybody attach to a device that has neither.
	Owner uint32
	Group uint32
}

// Attrs returns the attributes that all kinds have.
func (t *Tuntap) Attrs() *LinkAttrs { return &t.LinkAttrs }

// Type returns "tuntap". The kernel's name of the kind is "tun".
func (t *Tuntap) Type() string { return "tuntap" }

func (*Tuntap) kernelKind() string { return "tun" }

func (t *Tuntap) attrs(c *attr.Codec) {
	if c.Decoding() {
		t.NonPersist = true
	}
	var header, vnet, multi bool
	persist := !t.NonPersist
	attr.U32(c, uapi.IFLA_TUN_OWNER|attr.ReadOnly, &t.Owner)
	attr.U32(c, uapi.IFLA_TUN_GROUP|attr.ReadOnly, &t.Group)
	attr.IntU8(c, uapi.IFLA_TUN_TYPE|attr.ReadOnly, &t.Mode, "mode", math.MaxUint8)
	attr.Bool(c, uapi.IFLA_TUN_PI|attr.ReadOnly, &header)
	attr.Bool(c, uapi.IFLA_TUN_VNET_HDR|attr.ReadOnly, &vnet)
	attr.Bool(c, uapi.IFLA_TUN_PERSIST|attr.ReadOnly, &persist)
	attr.Bool(c, uapi.IFLA_TUN_MULTI_QUEUE|attr.ReadOnly, &multi)
	attr.IntU32(c, uapi.IFLA_TUN_NUM_QUEUES|attr.ReadOnly, &t.Queues, "queues", math.MaxInt32)
	attr.IntU32(c, uapi.IFLA_TUN_NUM_DISABLED_QUEUES|attr.ReadOnly, &t.DisabledQueues, "queues", math.MaxInt32)
	if !c.Decoding() {
		return
	}
	t.NonPersist, t.Flags = !persist, 0
	if !header {
		t.Flags |= TUNTAP_NO_PI
	}
	if vnet {
		t.Flags |= TUNTAP_VNET_HDR
	}
	if multi {
		t.Flags |= TUNTAP_MULTI_QUEUE
	}
}

func (*Tuntap) describe() desc.Kind { return desc.Kind{Fields: tunFields} }

var tunFields = []desc.Field{
	{Type: uapi.IFLA_TUN_TYPE, Key: "type", ReadOnly: true, Show: showTunType},
	{Type: uapi.IFLA_TUN_PI, Key: "pi", Form: desc.Toggle, ReadOnly: true},
	{Type: uapi.IFLA_TUN_VNET_HDR, Key: "vnet_hdr", Form: desc.Toggle, ReadOnly: true},
	{Type: uapi.IFLA_TUN_MULTI_QUEUE, Key: "multi_queue", ReadOnly: true, Show: showTunQueues},
	{Type: uapi.IFLA_TUN_PERSIST, Key: "persist", Form: desc.Toggle, ReadOnly: true},
	{Type: uapi.IFLA_TUN_OWNER, Key: "user", ReadOnly: true, Show: showTunUser},
	{Type: uapi.IFLA_TUN_GROUP, Key: "group", ReadOnly: true, Show: showTunGroup},
	{Type: uapi.IFLA_TUN_NUM_QUEUES, ReadOnly: true}, // shown with multi_queue
	{Type: uapi.IFLA_TUN_NUM_DISABLED_QUEUES, ReadOnly: true},
}

func showTunType(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 1 {
		return
	}
	name := TuntapMode(b[0]).String()
	if name == "unknown" {
		name = "UNKNOWN:" + strconv.Itoa(int(b[0]))
	}
	p.Str("type", "type %s ", name)
}

func showTunQueues(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	multi := len(b) >= 1 && b[0] != 0
	p.Bool("multi_queue", "multi_queue ", multi)
	if !multi {
		return
	}
	for _, n := range [...]struct {
		typ uint16
		key string
	}{{uapi.IFLA_TUN_NUM_QUEUES, "numqueues"}, {uapi.IFLA_TUN_NUM_DISABLED_QUEUES, "numdisabled"}} {
		if b := attrs[n.typ]; len(b) >= 4 {
			p.Uint(n.key, n.key+" %d ", uint64(native.Uint32(b)))
		}
	}
}

func showTunUser(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	showTunID(p, f.Key, b, userName)
}

func showTunGroup(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	showTunID(p, f.Key, b, groupName)
}

// showTunID prints a user or group by its name, by its number where it has
// none.
func showTunID(p *desc.Printer, key string, b []byte, name func(id string) string) {
	if len(b) < 4 {
		return
	}
	id := native.Uint32(b)
	if s := name(strconv.FormatUint(uint64(id), 10)); s != "" {
		p.Str(key, key+" %s ", s)
	} else {
		p.Uint(key, key+" %d ", uint64(id))
	}
}

func userName(id string) string {
	u, err := user.LookupId(id)
	if err != nil {
		return ""
	}
	return u.Username
}

func groupName(id string) string {
	g, err := user.LookupGroupId(id)
	if err != nil {
		return ""
	}
	return g.Name
}
