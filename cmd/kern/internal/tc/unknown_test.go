package tc

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Attributes of a newer kernel are shown as their numbers and bytes: beside the options, in them, and in those of an
// action.
func TestWhatIsNotKnownIsShown(t *testing.T) {
	const unknown = 999
	later := func(e *wire.Encoder) { e.Data(unknown, []byte{0xab, 0xcd}) }
	object := func(kind string, options func(e *wire.Encoder)) []byte {
		var e wire.Encoder
		(&uapi.Tcmsg{Ifindex: 1, Handle: 1 << 16, Parent: uapi.TC_H_ROOT, Info: 8}).Put(e.Raw(uapi.SizeofTcmsg))
		e.String(uapi.TCA_KIND, kind)
		e.Nest(uapi.TCA_OPTIONS)
		options(&e)
		e.End()
		return e.Bytes()
	}
	none := func(*wire.Encoder) {}
	action := func(e *wire.Encoder) {
		e.Nest(1)
		e.String(uapi.TCA_ACT_KIND, "gact")
		e.Nest(uapi.TCA_ACT_OPTIONS)
		e.Struct(uapi.TCA_GACT_PARMS, uapi.SizeofTcGact, &uapi.TcGact{})
		later(e)
		e.End()
		later(e)
		e.End()
	}
	for _, c := range []struct {
		name  string
		typ   uint16
		data  []byte
		times int
	}{
		{"qdisc", uapi.RTM_NEWQDISC, object("fq_codel", later), 1},
		{"qdisc of a structure", uapi.RTM_NEWQDISC, object("netem", func(e *wire.Encoder) {
			(&uapi.TcNetemQopt{Limit: 1}).Put(e.Raw(uapi.SizeofTcNetemQopt))
			later(e)
		}), 1},
		{"qdisc without options", uapi.RTM_NEWQDISC, object("mq", later), 1},
		{"class", uapi.RTM_NEWTCLASS, object("htb", later), 1},
		{"filter", uapi.RTM_NEWTFILTER, object("flower", later), 1},
		{"action in a filter", uapi.RTM_NEWTFILTER, object("flower", func(e *wire.Encoder) {
			e.Nest(uapi.TCA_FLOWER_ACT)
			action(e)
			e.End()
		}), 2},
		{"chain", uapi.RTM_NEWCHAIN, object("flower", later), 1},
		{"nothing", uapi.RTM_NEWQDISC, object("fq_codel", none), 0},
	} {
		var beside wire.Encoder
		copy(beside.Raw(len(c.data)), c.data)
		later(&beside)
		for _, form := range []string{"", "-j"} {
			for i, data := range [][]byte{c.data, beside.Bytes()} {
				s := cli.NewSession(Program(), nil, io.Discard, io.Discard)
				if _, err := s.Options.Parse(strings.Fields(form + " x")); err != nil {
					t.Fatal(err)
				}
				s.Configure()
				m := wire.Message{Type: c.typ, Data: data}
				switch c.typ {
				case uapi.RTM_NEWQDISC:
					showQdisc(s, m, shown{rates: &live{}, index: 1})
				case uapi.RTM_NEWTCLASS:
					showClass(s, m, shownClasses{rates: &live{}, index: 1})
				default:
					showFilter(s, m, shownFilters{index: 1})
				}
				out, mark := string(s.Out.Bytes()), "attr 999 0xabcd "
				if form == "-j" {
					mark = `{"attr":999,"data":"abcd"}`
					if !json.Valid([]byte(out)) {
						t.Errorf("%s: %s", c.name, out)
					}
				}
				if n := strings.Count(out, mark); n != c.times+i {
					t.Errorf("%s %s shows %d, want %d: %s", c.name, form, n, c.times+i, out)
				}
				s.Close()
			}
		}
	}
}
