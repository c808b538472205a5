package ip

import (
	"fmt"
	"maps"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

// TestOneAttributeOfALinkIsChanged lists a link of each kind, changes one field, sets the link to what it lists now,
// and lists it again: nothing else may have changed, whether the kernel takes the change or refuses it.
func TestOneAttributeOfALinkIsChanged(t *testing.T) {
	changed := 0
	for _, s := range kindStates {
		t.Run(s.kind+" "+s.name, func(t *testing.T) {
			nstest.Do(t, func() {
				for _, cmd := range append(s.before(), "link "+s.cmd) {
					if r := clitest.Kern(strings.Fields(cmd)...); r.Code != 0 {
						needKind(t, s.kind, clitest.Refusal(r.Err))
					}
				}
				h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
				if err != nil {
					t.Fatal(err)
				}
				defer h.Close()
				m := &oneChange{t: t, kind: s.kind, port: s.port, h: h}
				m.each()
				changed += m.changed
			})
		})
	}
	if changed < 100 {
		t.Errorf("only %d changes were made", changed)
	}
}

// oneChange changes the fields of the link x0, or of what it has as a port.
type oneChange struct {
	t       *testing.T
	kind    string
	port    bool
	h       *netlink.Handle
	changed int
}

// list returns the link, and what is to be changed of it.
func (m *oneChange) list() (link netlink.Link, object any) {
	m.t.Helper()
	link, err := m.h.LinkByName("x0")
	if err != nil {
		m.t.Fatal(err)
	}
	if m.port {
		return link, link.Attrs().Slave
	}
	return link, link
}

// set makes the link what object says.
func (m *oneChange) set(link netlink.Link, object any) error {
	if slave, ok := object.(netlink.LinkSlave); m.port && ok {
		return m.h.LinkSetSlave(link, slave)
	}
	return m.h.LinkModify(object.(netlink.Link))
}

func (m *oneChange) each() {
	_, object := m.list()
	first := fieldsOf(object)
	for _, path := range slices.Sorted(maps.Keys(fieldsOf(object))) {
		_, original := m.list()
		before := fieldsOf(original)
		if before["FlowBased"] != first["FlowBased"] {
			continue // older kernels do not take back that a tunnel becomes external, and then it has nothing else
		}
		link, object := m.list()
		if !changeField(object, path) {
			continue
		}
		want := fieldsOf(object)[path]
		refused := m.set(link, object)
		_, object = m.list()
		after := fieldsOf(object)
		name := m.kind + " " + path
		for other, value := range after {
			if other != path && value != before[other] && !goesWith(name, other) {
				m.t.Errorf("%s from %s to %s (error: %v): %s was %s and is %s",
					name, before[path], want, refused, other, before[other], value)
			}
		}
		switch {
		case refused == nil && after[path] == want:
			m.changed++
		case refused != nil && after[path] != before[path] && !goesWith(name, path):
			m.t.Errorf("%s from %s to %s: %v, but it is %s", name, before[path], want, refused, after[path])
		}
		if after[path] != before[path] {
			_ = m.set(link, original) // what cannot be undone is the next one's beginning
		}
	}
}

// goesWith reports whether the kernel changes one field with another.
func goesWith(name, other string) bool {
	// Each change of a VXLAN sets the bits to the kernel's default, which refuses to be sent them then.
	// A tunnel that becomes external loses all else. A bond chooses its port at some time.
	return other == "State.GcTimer" || other == "ReservedBits" || other == "ActiveSlave" ||
		strings.HasSuffix(name, " FlowBased") || slices.Contains(together[name], other)
}

var together = map[string][]string{
	// one excludes the other
	"bond ArpInterval": {"Miimon"},
	"bond Miimon":      {"ArpInterval", "ArpValidate", "UpDelay", "DownDelay", "PeerNotifDelay"}, // delays are multiples
	"bond Mode": {"AdActorSysPrio", "AdActorSystem", "AdUserPortKey", "ArpValidate", "BroadcastNeighbor", "TlbDynamicLb",
		"ActiveSlave"}, // options that the other mode has not
	"bond PacketsPerSlave":          {"ActiveSlave"}, // chosen at some time after the mode
	"bond QueueIdSet":               {"QueueId"},
	"bridge VlanFiltering":          {"MulticastVlanSnooping"},
	"ip6erspan EncapType":           {"EncapFlags"}, // cleared before a type is refused whose module is not there
	"ip6gre EncapType":              {"EncapFlags"},
	"ip6gretap EncapType":           {"EncapFlags"},
	"ip6tnl EncapType":              {"EncapFlags"},
	"erspan Dir":                    {"Dir"}, // set before it is refused
	"erspan Version":                {"Index", "Dir", "HwID", "Version"},
	"geneve Remote":                 {"UdpZeroCsum6Tx", "UdpZeroCsum6Rx"}, // the kernel refuses to be sent these
	"geneve Ttl":                    {"TtlInherit"},
	"sit Ttl":                       {"PMtuDisc"}, // a TTL implies it
	"macsec ReplayProtect":          {"Window"},   // reported only with it
	"bridge Priority":               {"State.ID.Priority", "State.RootID.Priority", "ID", "DesignatedPort"},
	"vxlan NoAge":                   {"Age"}, // the kernel makes it the default
	"vxlan TOSSet":                  {"TOS"}, // two names of one number
	"vxlan TTLSet":                  {"TTL"},
	"gretap IKey":                   {"IFlags"},
	"gretap OKey":                   {"OFlags"},
	"gre IKey":                      {"IFlags"},
	"gre OKey":                      {"OFlags"},
	"ip6gre IKey":                   {"IFlags"},
	"ip6gre OKey":                   {"OFlags"},
	"ip6gretap IKey":                {"IFlags"},
	"ip6gretap OKey":                {"OFlags"},
	"macvlan BCQueueLen":            {"UsedBCQueueLen"},
	"macvlan BCQueueLenSet":         {"BCQueueLen", "UsedBCQueueLen"}, // two names of one number
	"macvtap Macvlan.BCQueueLen":    {"Macvlan.UsedBCQueueLen"},
	"macvtap Macvlan.BCQueueLenSet": {"Macvlan.BCQueueLen", "Macvlan.UsedBCQueueLen"},
}

// fieldsOf returns the fields of a structure by their names, those of structures in it as well.
func fieldsOf(object any) map[string]string {
	all := map[string]string{}
	eachField(reflect.ValueOf(object), "", func(path string, v reflect.Value) {
		all[path] = fmt.Sprintf("%v", reflect.Indirect(v))
	})
	return all
}

// changeField gives a field another value, and reports whether it knows one.
func changeField(object any, path string) (done bool) {
	eachField(reflect.ValueOf(object), "", func(at string, v reflect.Value) {
		if at == path {
			done = otherValue(v)
		}
	})
	return done
}

func eachField(v reflect.Value, path string, visit func(path string, v reflect.Value)) {
	switch {
	case v.Type() == reflect.TypeFor[netlink.LinkAttrs]():
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				eachField(v.Field(i), strings.TrimPrefix(path+"."+f.Name, "."), visit)
			}
		}
	case (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() &&
		reflect.Indirect(v.Elem()).Kind() == reflect.Struct:
		eachField(reflect.Indirect(v.Elem()), path, visit)
	default:
		visit(path, v)
	}
}

func otherValue(v reflect.Value) bool {
	switch addr := v.Interface().(type) {
	case net.IP:
		return changeLast(addr)
	case net.HardwareAddr:
		return changeLast(addr)
	}
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		v.Set(reflect.New(v.Type().Elem()))
		return otherValue(v.Elem())
	case v.Kind() == reflect.Pointer:
		copied := reflect.New(v.Type().Elem())
		copied.Elem().Set(v.Elem())
		v.Set(copied)
		return otherValue(v.Elem())
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.CanInt() && !v.OverflowInt(v.Int()+1):
		v.SetInt(v.Int() + 1)
	case v.CanInt():
		v.SetInt(v.Int() - 1)
	case v.CanUint() && !v.OverflowUint(v.Uint()+1):
		v.SetUint(v.Uint() + 1)
	case v.CanUint():
		v.SetUint(v.Uint() - 1)
	default:
		return false
	}
	return true
}

func changeLast(addr []byte) bool {
	if len(addr) == 0 {
		return false
	}
	addr[len(addr)-1] ^= 4
	return true
}
