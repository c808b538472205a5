package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// CgroupFilter puts the packets that a process of this machine sends into the class of the process's control group,
// net_cls.classid: tc-cgroup(8). There is one for each priority, and its Handle must not be 0.
type CgroupFilter struct {
	FilterAttrs
	Ematches []Ematch // what packets have to match besides, nil for all
	Police   *PoliceAction
	Actions  []Action
}

// Attrs returns the attributes that all kinds have.
func (filter *CgroupFilter) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns "cgroup".
func (filter *CgroupFilter) Type() string { return "cgroup" }

func (filter *CgroupFilter) attrs(c *attr.Codec) {
	ematches(c, uapi.TCA_CGROUP_EMATCHES, &filter.Ematches)
	police(c, uapi.TCA_CGROUP_POLICE, &filter.Police)
	actions(c, uapi.TCA_CGROUP_ACT, &filter.Actions)
}

func (*CgroupFilter) describe() desc.Kind {
	return desc.Kind{Fields: cgroupFields, First: firstNumbered}
}

var cgroupFields = []desc.Field{
	{Type: uapi.TCA_CGROUP_EMATCHES, Word: "match", Usage: ematchUsage, Read: readEmatches,
		Show: func(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
			if h := filterHandle(p); h != 0 {
				showHexText(p, "handle", "handle %#x ", uint64(h))
			}
			showEmatches(p, f, b, attrs)
		}},
	{Type: uapi.TCA_CGROUP_POLICE, Word: "police", Usage: "POLICE_SPEC", Read: readFilterPolice,
		Show: showFilterPoliceLine},
	{Type: uapi.TCA_CGROUP_ACT, Word: "action", Usage: "ACTION_SPEC", Read: readFilterActions, Show: showFilterActions},
}
