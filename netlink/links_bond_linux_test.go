package netlink

import (
	"errors"
	"reflect"
	"syscall"
	"testing"

	"kern.sys/internal/nstest"
)

// bondWithPorts makes a bond that is up and has two ports.
func bondWithPorts(t *testing.T, h *Handle) (*Bond, [2]Link) {
	t.Helper()
	bond := NewLinkBond(LinkAttrs{Name: "bond0"})
	bond.Mode, bond.Miimon = BOND_MODE_ACTIVE_BACKUP, 10
	nstest.Need(t, "bond links", "", h.LinkAdd(bond))
	var ports [2]Link
	for i, name := range [...]string{"p0", "p1"} {
		ports[i] = &Dummy{LinkAttrs{Name: name}}
		nstest.Need(t, "dummy links", "", h.LinkAdd(ports[i]))
		if err := h.LinkSetBondSlave(ports[i], bond); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.LinkSetUp(bond); err != nil {
		t.Fatal(err)
	}
	return bond, ports
}

func TestBondPorts(t *testing.T) {
	h, _ := newHandle(t)
	bond, ports := bondWithPorts(t, h)
	slave := func(l Link) *BondSlave {
		t.Helper()
		found, err := h.LinkByName(l.Attrs().Name)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := found.Attrs().Slave.(*BondSlave)
		return s
	}
	for _, active := range [...]int{1, 0} {
		if err := h.LinkSetBondSlaveActive(ports[active], bond); err != nil {
			t.Fatal(err)
		}
		for i, p := range ports {
			want := BondStateBackup
			if i == active {
				want = BondStateActive
			}
			if s := slave(p); s == nil || s.State != want || s.MiiStatus != BondLinkUp {
				t.Errorf("port %d is %+v, want %v", i, s, want)
			}
		}
		found, err := h.LinkByName("bond0")
		if err != nil {
			t.Fatal(err)
		}
		if b := found.(*Bond); b.ActiveSlave != ports[active].Attrs().Index || b.Mode != BOND_MODE_ACTIVE_BACKUP ||
			b.Miimon != 10 {
			t.Errorf("the bond is %+v", b)
		}
	}
	if err := h.LinkSetBondSlaveQueueId(ports[0], 3); err != nil {
		t.Fatal(err)
	}
	if s := slave(ports[0]); s.QueueId != 3 {
		t.Errorf("queue is %d", s.QueueId)
	}
	if err := h.LinkSetBondSlaveQueueId(ports[0], 0); err != nil {
		t.Fatal(err)
	}
	if s := slave(ports[0]); s.QueueId != 0 {
		t.Errorf("queue is %d", s.QueueId)
	}
	if err := h.LinkDelBondSlave(ports[1], bond); err != nil {
		t.Fatal(err)
	}
	if s := slave(ports[1]); s != nil {
		t.Errorf("the port that was taken out has %+v", s)
	}
	if err := h.LinkDelBondSlave(ports[1], bond); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("to take it out again: %v", err)
	}
	if err := h.LinkSetBondSlaveActive(ports[1], bond); err == nil {
		t.Error("what is no port became the active one")
	}
}

// TestBondOfEachModeIsMadeAsListed makes a bond of each mode, and again as it was read.
func TestBondOfEachModeIsMadeAsListed(t *testing.T) {
	h, _ := newHandle(t)
	for name, mode := range StringToBondModeMap {
		bond := NewLinkBond(LinkAttrs{Name: "bond0"})
		bond.Mode = mode
		nstest.Need(t, "bond links", "", h.LinkAdd(bond))
		var before *Bond
		for range 2 {
			found, err := h.LinkByName("bond0")
			if err != nil {
				t.Fatal(err)
			}
			b := found.(*Bond)
			if before != nil {
				sameBond(t, name, before, b)
			}
			before = b
			same := *b
			same.LinkAttrs = LinkAttrs{Index: b.Index, TxQLen: -1}
			if err := h.LinkModify(&same); err != nil {
				t.Errorf("%s: what was read cannot be sent: %v", name, err)
			}
			if err := h.LinkDel(b); err != nil {
				t.Fatal(err)
			}
			again := *b
			again.LinkAttrs = LinkAttrs{Name: "bond0", TxQLen: -1}
			if err := h.LinkAdd(&again); err != nil {
				t.Fatalf("%s: a bond as it was read cannot be made: %v", name, err)
			}
		}
		if err := h.LinkDel(&Device{LinkAttrs{Name: "bond0"}}); err != nil {
			t.Fatal(err)
		}
	}
}

func sameBond(t *testing.T, name string, a, b *Bond) {
	t.Helper()
	x, y := *a, *b
	x.LinkAttrs, y.LinkAttrs = LinkAttrs{}, LinkAttrs{}
	if !reflect.DeepEqual(x, y) {
		t.Errorf("%s: made as %+v it is %+v", name, x, y)
	}
}
