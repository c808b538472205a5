package capture

import "kern.sys/internal/uapi"

func init() {
	for kind, l := range moreQdiscs {
		qdiscs[kind] = l
	}
}

const (
	trafficClasses = "1 =16 1 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2"
	redCurve       = "4 4 4 1 1 1 1"
)

var (
	cake  = allOf(uapi.TCA_CAKE_MAX, u32, attrs{uapi.TCA_CAKE_BASE_RATE64: u64, uapi.TCA_CAKE_PAD: same})
	rates = func(t uint16) attrs { return attrs{t: u64} }
)

// allOf is a nest whose attributes are of one form but for some.
func allOf(top uint16, l layout, but attrs) attrs {
	a := attrs{}
	for t := range top {
		a[t+1] = l
	}
	for t, l := range but {
		a[t] = l
	}
	return a
}

// moreQdiscs is what queueing disciplines that vishvananda/netlink does not know have in TCA_OPTIONS.
var moreQdiscs = map[string]layout{
	"pfifo":           numbers("4"),
	"bfifo":           numbers("4"),
	"pfifo_head_drop": numbers("4"),
	"multiq":          numbers("2 2"),
	"plug":            numbers("4 4"),
	"skbprio":         numbers("4"),
	"ets": attrs{
		uapi.TCA_ETS_NBANDS: u8, uapi.TCA_ETS_NSTRICT: u8, uapi.TCA_ETS_QUANTA: attrs{uapi.TCA_ETS_QUANTA_BAND: u32},
		uapi.TCA_ETS_PRIOMAP: attrs{uapi.TCA_ETS_PRIOMAP_BAND: u8},
	},
	"red": attrs{
		uapi.TCA_RED_PARMS: numbers(redCurve), uapi.TCA_RED_STAB: same, uapi.TCA_RED_MAX_P: u32,
		uapi.TCA_RED_FLAGS:            numbers("4 4"),
		uapi.TCA_RED_EARLY_DROP_BLOCK: u32, uapi.TCA_RED_MARK_BLOCK: u32,
	},
	"choke": attrs{uapi.TCA_CHOKE_PARMS: numbers(redCurve), uapi.TCA_CHOKE_STAB: same, uapi.TCA_CHOKE_MAX_P: u32},
	"gred": attrs{
		uapi.TCA_GRED_DPS: numbers("4 4 1 1 2"), uapi.TCA_GRED_LIMIT: u32, uapi.TCA_GRED_STAB: same,
		uapi.TCA_GRED_MAX_P:   u32,
		uapi.TCA_GRED_PARMS:   numbers("4 4 4 4 4 4 4 4 4 4 1 1 1 1 4 4"),
		uapi.TCA_GRED_VQ_LIST: attrs{uapi.TCA_GRED_VQ_ENTRY: attrs{uapi.TCA_GRED_VQ_DP: u32, uapi.TCA_GRED_VQ_FLAGS: u32}},
	},
	"sfb":     attrs{uapi.TCA_SFB_PARMS: numbers("4 4 4 4 4 4 4 4 4")},
	"codel":   allOf(uapi.TCA_CODEL_MAX, u32, nil),
	"pie":     allOf(uapi.TCA_PIE_MAX, u32, nil),
	"fq_pie":  allOf(uapi.TCA_FQ_PIE_MAX, u32, nil),
	"hhf":     allOf(uapi.TCA_HHF_MAX, u32, nil),
	"cbs":     attrs{uapi.TCA_CBS_PARMS: numbers("1 =3 4 4 4 4")},
	"etf":     attrs{uapi.TCA_ETF_PARMS: numbers("4 4 4")},
	"cake":    cake,
	"cake_mq": cake,
	"mqprio": headed{trafficClasses + " =2", attrs{
		uapi.TCA_MQPRIO_MODE: u16, uapi.TCA_MQPRIO_SHAPER: u16,
		uapi.TCA_MQPRIO_MIN_RATE64: rates(uapi.TCA_MQPRIO_MIN_RATE64),
		uapi.TCA_MQPRIO_MAX_RATE64: rates(uapi.TCA_MQPRIO_MAX_RATE64),
		uapi.TCA_MQPRIO_TC_ENTRY:   attrs{uapi.TCA_MQPRIO_TC_ENTRY_INDEX: u32, uapi.TCA_MQPRIO_TC_ENTRY_FP: u32},
	}},
	"taprio": attrs{
		uapi.TCA_TAPRIO_ATTR_PRIOMAP: numbers(trafficClasses), uapi.TCA_TAPRIO_ATTR_SCHED_BASE_TIME: u64,
		uapi.TCA_TAPRIO_ATTR_SCHED_CLOCKID:    u32,
		uapi.TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME: u64, uapi.TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME_EXTENSION: u64,
		uapi.TCA_TAPRIO_ATTR_FLAGS:        u32,
		uapi.TCA_TAPRIO_ATTR_TXTIME_DELAY: u32,
		uapi.TCA_TAPRIO_ATTR_TC_ENTRY: attrs{
			uapi.TCA_TAPRIO_TC_ENTRY_INDEX: u32, uapi.TCA_TAPRIO_TC_ENTRY_MAX_SDU: u32, uapi.TCA_TAPRIO_TC_ENTRY_FP: u32,
		},
		uapi.TCA_TAPRIO_ATTR_SCHED_ENTRY_LIST: attrs{uapi.TCA_TAPRIO_SCHED_ENTRY: attrs{
			uapi.TCA_TAPRIO_SCHED_ENTRY_CMD: u8, uapi.TCA_TAPRIO_SCHED_ENTRY_GATE_MASK: u32,
			uapi.TCA_TAPRIO_SCHED_ENTRY_INTERVAL: u32,
		}},
	},
	"dualpi2": allOf(uapi.TCA_DUALPI2_MAX, u32, attrs{
		uapi.TCA_DUALPI2_COUPLING: u8, uapi.TCA_DUALPI2_DROP_OVERLOAD: u8, uapi.TCA_DUALPI2_DROP_EARLY: u8,
		uapi.TCA_DUALPI2_C_PROTECTION: u8,
		uapi.TCA_DUALPI2_ECN_MASK:     u8, uapi.TCA_DUALPI2_SPLIT_GSO: u8,
	}),
}
