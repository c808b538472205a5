package ip

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// unknownType is a number that no attribute of any object has yet.
const unknownType = 999

// withUnknown is a message with attributes that build appends, and one of a
// newer kernel.
func withUnknown(t *testing.T, typ uint16, header int, build func(r *wire.Request, head []byte)) wire.Message {
	t.Helper()
	r := wire.NewRequest(typ, 0)
	build(r, r.Header(header))
	r.Data(unknownType, []byte{0xab, 0xcd})
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return wire.Message{Type: typ, Data: r.Bytes()[uapi.SizeofNlmsghdr:]}
}

// encapOf appends an encapsulation with one attribute.
func encapOf(kind, typ, kindAttr, dataAttr uint16) func(*wire.Request, []byte) {
	return func(r *wire.Request, _ []byte) {
		r.Uint16(kindAttr, kind)
		r.Nest(dataAttr)
		r.Data(typ, []byte{0xab, 0xcd, 0xef})
		r.End()
	}
}

func TestWhatIsNotKnownIsPrinted(t *testing.T) {
	plain := func(*wire.Request, []byte) {}
	for name, m := range map[string]wire.Message{
		"link": withUnknown(t, uapi.RTM_NEWLINK, uapi.SizeofIfinfomsg,
			func(r *wire.Request, _ []byte) { r.String(uapi.IFLA_IFNAME, "x") }),
		"address":   withUnknown(t, uapi.RTM_NEWADDR, uapi.SizeofIfaddrmsg, plain),
		"multicast": withUnknown(t, uapi.RTM_NEWMULTICAST, uapi.SizeofIfaddrmsg, plain),
		"anycast":   withUnknown(t, uapi.RTM_NEWANYCAST, uapi.SizeofIfaddrmsg, plain),
		"route":     withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg, plain),
		"route with a preference": withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg, func(r *wire.Request, _ []byte) {
			r.Uint32(uapi.RTA_PRIORITY, 1024)
			r.Uint8(uapi.RTA_PREF, 0)
			r.Uint8(uapi.RTA_TTL_PROPAGATE, 1)
		}),
		"address with all": withUnknown(t, uapi.RTM_NEWADDR, uapi.SizeofIfaddrmsg, func(r *wire.Request, head []byte) {
			r.Data(uapi.IFA_LOCAL, []byte{10, 0, 0, 1})
			r.Data(uapi.IFA_BROADCAST, []byte{10, 0, 0, 255})
			r.String(uapi.IFA_LABEL, "va:1")
			r.Data(uapi.IFA_CACHEINFO, make([]byte, 16))
		}),
		"neighbour with all": withUnknown(t, uapi.RTM_NEWNEIGH, uapi.SizeofNdmsg, func(r *wire.Request, head []byte) {
			r.Data(uapi.NDA_DST, []byte{10, 0, 0, 1})
			r.Data(uapi.NDA_LLADDR, []byte{2, 0, 0, 0, 0, 1})
			r.Uint8(uapi.NDA_PROTOCOL, 9)
			r.Uint32(uapi.NDA_PROBES, 3)
		}),
		"rule with all": withUnknown(t, uapi.RTM_NEWRULE, uapi.SizeofFibRuleHdr, func(r *wire.Request, head []byte) {
			head[4] = 7
			r.Uint32(uapi.FRA_FWMARK, 7)
			r.Uint8(uapi.FRA_PROTOCOL, 7)
			r.Uint8(uapi.FRA_IP_PROTO, 6)
		}),
		"next hop with all": withUnknown(t, uapi.RTM_NEWNEXTHOP, uapi.SizeofNhmsg, func(r *wire.Request, head []byte) {
			head[2] = 7
			r.Uint32(uapi.NHA_ID, 7)
			r.Uint32(uapi.NHA_OIF, 3)
			r.Data(uapi.NHA_BLACKHOLE, nil)
		}),
		"rule":      withUnknown(t, uapi.RTM_NEWRULE, uapi.SizeofFibRuleHdr, plain),
		"neighbour": withUnknown(t, uapi.RTM_NEWNEIGH, uapi.SizeofNdmsg, plain),
		"miss":      withUnknown(t, uapi.RTM_GETNEIGH, uapi.SizeofNdmsg, plain),
		"next hop":  withUnknown(t, uapi.RTM_NEWNEXTHOP, uapi.SizeofNhmsg, plain),
		"namespace": withUnknown(t, uapi.RTM_NEWNSID, 4, plain),
		"prefix":    withUnknown(t, uapi.RTM_NEWPREFIX, uapi.SizeofPrefixmsg, plain),
		"settings":  withUnknown(t, uapi.RTM_NEWNETCONF, netconfHeader, plain),
		"kind of a link": withUnknown(t, uapi.RTM_NEWLINK, uapi.SizeofIfinfomsg, func(r *wire.Request, _ []byte) {
			r.Nest(uapi.IFLA_LINKINFO)
			r.String(uapi.IFLA_INFO_KIND, "newkind")
			r.Nest(uapi.IFLA_INFO_DATA)
			r.Data(1, []byte{0xab, 0xcd, 0xef})
			r.End()
			r.End()
		}),
		"attribute of a kind": withUnknown(t, uapi.RTM_NEWLINK, uapi.SizeofIfinfomsg, func(r *wire.Request, _ []byte) {
			r.Nest(uapi.IFLA_LINKINFO)
			r.String(uapi.IFLA_INFO_KIND, "vlan")
			r.Nest(uapi.IFLA_INFO_DATA)
			r.Data(unknownType, []byte{0xab, 0xcd, 0xef})
			r.End()
			r.End()
		}),
		"kind with a gap": withUnknown(t, uapi.RTM_NEWLINK, uapi.SizeofIfinfomsg, func(r *wire.Request, _ []byte) {
			r.Nest(uapi.IFLA_LINKINFO)
			r.String(uapi.IFLA_INFO_KIND, "vlan")
			r.Nest(uapi.IFLA_INFO_DATA)
			r.Data(uapi.IFLA_VLAN_UNSPEC, []byte{0xab, 0xcd, 0xef})
			r.End()
			r.End()
		}),
		"kind of a port": withUnknown(t, uapi.RTM_NEWLINK, uapi.SizeofIfinfomsg, func(r *wire.Request, _ []byte) {
			r.Nest(uapi.IFLA_LINKINFO)
			r.String(uapi.IFLA_INFO_SLAVE_KIND, "newkind")
			r.Nest(uapi.IFLA_INFO_SLAVE_DATA)
			r.Data(1, []byte{0xab, 0xcd, 0xef})
			r.End()
			r.End()
		}),
		"kind of encapsulation": withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg,
			encapOf(77, 1, uapi.RTA_ENCAP_TYPE, uapi.RTA_ENCAP)),
		"attribute of a kind of rpl": withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg,
			encapOf(uapi.LWTUNNEL_ENCAP_RPL, 999, uapi.RTA_ENCAP_TYPE, uapi.RTA_ENCAP)),
		"attribute of a kind of ip": withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg,
			encapOf(uapi.LWTUNNEL_ENCAP_IP, 999, uapi.RTA_ENCAP_TYPE, uapi.RTA_ENCAP)),
		"attribute of a kind of ip6": withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg,
			encapOf(uapi.LWTUNNEL_ENCAP_IP6, 999, uapi.RTA_ENCAP_TYPE, uapi.RTA_ENCAP)),
		"attribute of a kind of mpls": withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg,
			encapOf(uapi.LWTUNNEL_ENCAP_MPLS, 999, uapi.RTA_ENCAP_TYPE, uapi.RTA_ENCAP)),
		"kind of encapsulation of next hops": withUnknown(t, uapi.RTM_NEWNEXTHOP, uapi.SizeofNhmsg,
			encapOf(77, 1, uapi.NHA_ENCAP_TYPE, uapi.NHA_ENCAP)),
		"one of several next hops": withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg, func(r *wire.Request, _ []byte) {
			h := nexthop{}
			h.enc.Data(unknownType, []byte{0xab, 0xcd, 0xef})
			r.Nest(uapi.RTA_MULTIPATH)
			h.put(&r.Encoder)
			r.End()
		}),
	} {
		t.Run(name, func(t *testing.T) {
			deep := strings.Contains(name, "kind") || strings.Contains(name, "several")
			for _, js := range []bool{false, true} {
				var out bytes.Buffer
				c := offline(&out, func(o *cli.Options) { o.JSON, o.Details = js, true })
				if err := showEvent(c, m, &monitorWish{objects: monitorTable()}, Origin{}, time.Unix(0, 0)); err != nil {
					t.Fatal(err)
				}
				want := []string{"attr 999 0xabcd"}
				if js {
					want = []string{`"unknown":[{"attr":999,"data":"abcd"}]`}
				}
				if deep && js {
					want = append(want, `,"data":"abcdef"}]`)
				} else if deep {
					want = append(want, " 0xabcdef")
				}
				if i := strings.Index(out.String(), "attr 999"); i > 0 && !js &&
					!strings.ContainsRune(" \t\n", rune(out.String()[i-1])) {
					t.Errorf("glued to what is before: %q", out.String())
				}
				for _, w := range want {
					if !strings.Contains(out.String(), w) {
						t.Errorf("JSON %v: %q lacks %s", js, out.String(), w)
					}
				}
				if js && !json.Valid(out.Bytes()) {
					t.Errorf("no JSON: %s", out.String())
				}
			}
		})
	}
}

func TestFlagsWithoutANameArePrinted(t *testing.T) {
	rule := withUnknown(t, uapi.RTM_NEWRULE, uapi.SizeofFibRuleHdr, func(_ *wire.Request, head []byte) {
		(&uapi.FibRuleHdr{Family: uapi.AF_INET, Action: 77, Flags: 0x40000000}).Put(head)
	})
	neigh := withUnknown(t, uapi.RTM_NEWNEIGH, uapi.SizeofNdmsg, func(r *wire.Request, head []byte) {
		(&uapi.Ndmsg{Family: uapi.AF_INET, State: 0x1001}).Put(head)
		r.Uint32(uapi.NDA_FLAGS_EXT, 0x100)
	})
	tunnel := withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg, func(r *wire.Request, _ []byte) {
		r.Uint16(uapi.RTA_ENCAP_TYPE, uapi.LWTUNNEL_ENCAP_IP)
		r.Nest(uapi.RTA_ENCAP)
		r.BE16(uapi.LWTUNNEL_IP_FLAGS, 1<<uapi.IP_TUNNEL_KEY_BIT|1<<uapi.IP_TUNNEL_OAM_BIT)
		r.End()
	})
	route := withUnknown(t, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg, func(_ *wire.Request, head []byte) {
		(&uapi.Rtmsg{Family: uapi.AF_INET, Type: 1, Flags: 0x80}).Put(head)
	})
	for name, c := range map[string]struct {
		m    wire.Message
		want []string
	}{
		"rule":      {rule, []string{" 77", " flags 0x40000000"}},
		"neighbour": {neigh, []string{"flags_ext 0x100 ", "INCOMPLETE 0x1000 "}},
		"tunnel":    {tunnel, []string{"key flags 0x200 "}},
		"route":     {route, []string{"flags 0x80 "}},
	} {
		var out bytes.Buffer
		if err := showEvent(offline(&out, func(*cli.Options) {}), c.m, &monitorWish{objects: monitorTable()}, Origin{},
			time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q lacks %q", name, out.String(), want)
			}
		}
	}
}

// nested is a message with a nest, or nests in each other, of which the innermost has one attribute of a newer kernel.
func nested(typ uint16, header int, before func(r *wire.Request), nests ...uint16) wire.Message {
	r := wire.NewRequest(typ, 0)
	r.Header(header)
	if before != nil {
		before(r)
	}
	for _, n := range nests {
		r.Nest(n)
	}
	r.Data(unknownType, []byte{0xab, 0xcd})
	for range nests {
		r.End()
	}
	return wire.Message{Type: typ, Data: r.Bytes()[uapi.SizeofNlmsghdr:]}
}

func TestWhatIsNotKnownWithinNestsIsPrinted(t *testing.T) {
	for name, m := range map[string]wire.Message{
		"metrics":    nested(uapi.RTM_NEWROUTE, uapi.SizeofRtmsg, nil, uapi.RTA_METRICS),
		"properties": nested(uapi.RTM_NEWLINK, uapi.SizeofIfinfomsg, nil, uapi.IFLA_PROP_LIST),
		"virtual function": nested(uapi.RTM_NEWLINK, uapi.SizeofIfinfomsg,
			func(r *wire.Request) { r.Uint32(uapi.IFLA_NUM_VF, 1) }, uapi.IFLA_VFINFO_LIST, uapi.IFLA_VF_INFO),
		"group":  nested(uapi.RTM_NEWNEXTHOP, uapi.SizeofNhmsg, nil, uapi.NHA_RES_GROUP),
		"bucket": nested(uapi.RTM_NEWNEXTHOPBUCKET, uapi.SizeofNhmsg, nil, uapi.NHA_RES_BUCKET),
		"counters": nested(uapi.RTM_NEWNEXTHOP, uapi.SizeofNhmsg, nil, uapi.NHA_GROUP_STATS,
			uapi.NHA_GROUP_STATS_ENTRY),
	} {
		for _, js := range []bool{false, true} {
			var out bytes.Buffer
			c := offline(&out, func(o *cli.Options) { o.JSON, o.Details, o.Stats = js, true, 1 })
			if err := showEvent(c, m, &monitorWish{objects: monitorTable()}, Origin{}, time.Unix(0, 0)); err != nil {
				t.Fatal(err)
			}
			want := "attr 999 0xabcd"
			if js {
				want = `:[{"attr":999,"data":"abcd"}]`
			}
			if !strings.Contains(out.String(), want) || js && !json.Valid(out.Bytes()) {
				t.Errorf("%s: %q lacks %s", name, out.String(), want)
			}
		}
	}
}

// TestWhatIsNotKnownOfOtherObjectsIsPrinted is about objects that are listed, and that monitor does not show.
func TestWhatIsNotKnownOfOtherObjectsIsPrinted(t *testing.T) {
	plain := func(*wire.Request, []byte) {}
	for name, show := range map[string]func(c *cli.Command){
		"address label": func(c *cli.Command) {
			showAddrLabel(c, withUnknown(t, uapi.RTM_NEWADDRLABEL, uapi.SizeofIfaddrlblmsg, plain))
		},
		"table of neighbours": func(c *cli.Command) {
			showNtable(c, readNtable(withUnknown(t, uapi.RTM_NEWNEIGHTBL, uapi.SizeofNdtmsg, plain)))
		},
		"settings of a link in it": func(c *cli.Command) {
			showNtable(c, readNtable(nested(uapi.RTM_NEWNEIGHTBL, uapi.SizeofNdtmsg, nil, uapi.NDTA_PARMS)))
		},
		"bucket": func(c *cli.Command) {
			showNexthopBucket(c, withUnknown(t, uapi.RTM_NEWNEXTHOPBUCKET, uapi.SizeofNhmsg, plain))
		},
	} {
		for _, js := range []bool{false, true} {
			var out bytes.Buffer
			c := offline(&out, func(o *cli.Options) { o.JSON = js })
			show(c)
			want := "attr 999 0xabcd"
			if js {
				want = `"unknown":[{"attr":999,"data":"abcd"}]`
			}
			if got := string(c.Out.Bytes()); !strings.Contains(got, want) || js && !json.Valid([]byte(got)) {
				t.Errorf("%s: %q lacks %s", name, got, want)
			}
		}
	}
}
