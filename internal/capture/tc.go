package capture

import (
	"bytes"
	"fmt"
	"testing"

	"kern.sys/internal/uapi"
)

// TcOptions returns what is in TCA_OPTIONS of a queueing discipline of the kind, or of a class of it.
func TcOptions(t testing.TB, kind string, class bool, text string) []byte {
	t.Helper()
	return must(t)(turn(tcOptionsOf(kind, class), fromHex(t, text), bigEndian))
}

func init() {
	messages[uapi.RTM_NEWQDISC] = headed{tcHeader, tc(false)}
	messages[uapi.RTM_NEWTCLASS] = headed{tcHeader, tc(true)}
}

const tcHeader = "=4 4 4 4 4"

// tc is what follows struct tcmsg.
func tc(class bool) attrs {
	return attrs{
		uapi.TCA_KIND:          same,
		uapi.TCA_OPTIONS:       tcOptions(class),
		uapi.TCA_STATS:         numbers("8 4 4 4 4 4 4 4 =4"),
		uapi.TCA_XSTATS:        tcXstats,
		uapi.TCA_HW_OFFLOAD:    u8,
		uapi.TCA_INGRESS_BLOCK: u32,
		uapi.TCA_EGRESS_BLOCK:  u32,
		uapi.TCA_STATS2: attrs{
			uapi.TCA_STATS_BASIC:      numbers("8 4 =4"),
			uapi.TCA_STATS_BASIC_HW:   numbers("8 4 =4"),
			uapi.TCA_STATS_PKT64:      u64,
			uapi.TCA_STATS_RATE_EST:   numbers("4 4"),
			uapi.TCA_STATS_RATE_EST64: numbers("8 8"),
			uapi.TCA_STATS_QUEUE:      numbers("4 4 4 4 4"),
			uapi.TCA_STATS_APP:        tcXstats,
			uapi.TCA_STATS_PAD:        same,
		},
	}
}

// tcXstats are the counters of htb's classes, the only ones that are captured.
var tcXstats = numbers("4 4 4 4 4")

// tcOptions is TCA_OPTIONS of the kind that is named beside it.
type tcOptions bool

func (class tcOptions) turn(p piece) error {
	return tcOptionsOf(string(bytes.TrimRight(p.attrBeside(uapi.TCA_KIND), "\x00")), bool(class)).turn(p)
}

func tcOptionsOf(kind string, class bool) layout {
	table, what := qdiscs, "queueing disciplines"
	if class {
		table, what = classes, "classes"
	}
	if l := table[kind]; l != nil {
		return l
	}
	return unknown(fmt.Sprintf("%s of kind %q", what, kind))
}

const (
	rateSpec  = "1 1 2 2 2 4"
	rateTable = "4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4"
)

var prio = headed{"4 =16", attrs{}}

// qdiscs is what queueing disciplines of a kind have in TCA_OPTIONS, and classes what classes have.
var qdiscs = map[string]layout{
	"clsact":     attrs{},
	"ingress":    attrs{},
	"pfifo_fast": prio,
	"prio":       prio,
	"hfsc":       numbers("2"),
	"sfq":        numbers("4 4 4 4 4 4 4 4 4 4 1 1 1 1 4 4 4 4 4 4 4"),
	"htb": attrs{
		uapi.TCA_HTB_INIT:        numbers("4 4 4 4 4"),
		uapi.TCA_HTB_DIRECT_QLEN: u32,
		uapi.TCA_HTB_OFFLOAD:     flag,
	},
	"tbf": attrs{
		uapi.TCA_TBF_PARMS:   numbers(rateSpec + " " + rateSpec + " 4 4 4"),
		uapi.TCA_TBF_RATE64:  u64,
		uapi.TCA_TBF_PRATE64: u64,
		uapi.TCA_TBF_BURST:   u32,
		uapi.TCA_TBF_PBURST:  u32,
		uapi.TCA_TBF_PAD:     same,
	},
	"fq": attrs{
		uapi.TCA_FQ_PLIMIT:             u32,
		uapi.TCA_FQ_FLOW_PLIMIT:        u32,
		uapi.TCA_FQ_QUANTUM:            u32,
		uapi.TCA_FQ_INITIAL_QUANTUM:    u32,
		uapi.TCA_FQ_RATE_ENABLE:        u32,
		uapi.TCA_FQ_FLOW_DEFAULT_RATE:  u32,
		uapi.TCA_FQ_FLOW_MAX_RATE:      u32,
		uapi.TCA_FQ_BUCKETS_LOG:        u32,
		uapi.TCA_FQ_FLOW_REFILL_DELAY:  u32,
		uapi.TCA_FQ_ORPHAN_MASK:        u32,
		uapi.TCA_FQ_LOW_RATE_THRESHOLD: u32,
		uapi.TCA_FQ_CE_THRESHOLD:       u32,
		uapi.TCA_FQ_TIMER_SLACK:        u32,
		uapi.TCA_FQ_HORIZON:            u32,
		uapi.TCA_FQ_OFFLOAD_HORIZON:    u32,
		uapi.TCA_FQ_HORIZON_DROP:       u8,
		uapi.TCA_FQ_PRIOMAP:            numbers("4 =16"),
		uapi.TCA_FQ_WEIGHTS:            numbers("4 4 4"),
	},
	"fq_codel": attrs{
		uapi.TCA_FQ_CODEL_TARGET:                u32,
		uapi.TCA_FQ_CODEL_LIMIT:                 u32,
		uapi.TCA_FQ_CODEL_INTERVAL:              u32,
		uapi.TCA_FQ_CODEL_ECN:                   u32,
		uapi.TCA_FQ_CODEL_FLOWS:                 u32,
		uapi.TCA_FQ_CODEL_QUANTUM:               u32,
		uapi.TCA_FQ_CODEL_CE_THRESHOLD:          u32,
		uapi.TCA_FQ_CODEL_CE_THRESHOLD_SELECTOR: u8,
		uapi.TCA_FQ_CODEL_CE_THRESHOLD_MASK:     u8,
		uapi.TCA_FQ_CODEL_DROP_BATCH_SIZE:       u32,
		uapi.TCA_FQ_CODEL_MEMORY_LIMIT:          u32,
	},
	"netem": headed{"4 4 4 4 4 4", attrs{
		uapi.TCA_NETEM_LATENCY64: u64,
		uapi.TCA_NETEM_JITTER64:  u64,
		uapi.TCA_NETEM_CORR:      numbers("4 4 4"),
		uapi.TCA_NETEM_REORDER:   numbers("4 4"),
		uapi.TCA_NETEM_CORRUPT:   numbers("4 4"),
		uapi.TCA_NETEM_RATE:      numbers("4 4 4 4"),
		uapi.TCA_NETEM_RATE64:    u64,
		uapi.TCA_NETEM_ECN:       u32,
		uapi.TCA_NETEM_SLOT:      numbers("8 8 4 4 8 8"),
		uapi.TCA_NETEM_PRNG_SEED: u64,
		uapi.TCA_NETEM_PAD:       same,
		uapi.TCA_NETEM_LOSS: attrs{
			uapi.NETEM_LOSS_GI: numbers("4 4 4 4 4"),
			uapi.NETEM_LOSS_GE: numbers("4 4 4 4"),
		},
	}},
}

var classes = map[string]layout{
	"htb": attrs{
		uapi.TCA_HTB_PARMS:   numbers(rateSpec + " " + rateSpec + " 4 4 4 4 4"),
		uapi.TCA_HTB_RTAB:    numbers(rateTable),
		uapi.TCA_HTB_CTAB:    numbers(rateTable),
		uapi.TCA_HTB_RATE64:  u64,
		uapi.TCA_HTB_CEIL64:  u64,
		uapi.TCA_HTB_PAD:     same,
		uapi.TCA_HTB_OFFLOAD: flag,
	},
	"hfsc": attrs{
		uapi.TCA_HFSC_RSC: numbers("4 4 4"),
		uapi.TCA_HFSC_FSC: numbers("4 4 4"),
		uapi.TCA_HFSC_USC: numbers("4 4 4"),
	},
	"drr": attrs{uapi.TCA_DRR_QUANTUM: u32},
	"qfq": attrs{uapi.TCA_QFQ_WEIGHT: u32, uapi.TCA_QFQ_LMAX: u32},
	"ets": attrs{uapi.TCA_ETS_QUANTA_BAND: u32},
}
