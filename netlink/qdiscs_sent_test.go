package netlink

// tcSentMore is what tc of iproute2 7.3 sent of more kinds.
var tcSentMore = []sentOptions{
	{
		"tc qdisc add dev d0 root handle 1: pfifo limit 77", "pfifo", false,
		"4d000000",
		&Pfifo{Limit: new(uint32(77))},
	},
	{
		"tc qdisc add dev d0 root handle 1: bfifo limit 7777", "bfifo", false,
		"611e0000",
		&Bfifo{Limit: new(uint32(7777))},
	},
	{
		"tc qdisc add dev d0 root handle 1: pfifo_head_drop limit 7", "pfifo_head_drop", false,
		"07000000",
		&PfifoHeadDrop{Limit: new(uint32(7))},
	},
	{
		"tc qdisc add dev d0 root handle 1: multiq", "multiq", false,
		"00000000",
		&Multiq{},
	},
	{
		"tc qdisc add dev d0 root handle 1: plug limit 5000", "plug", false,
		"0300000088130000",
		&Plug{Action: new(int32(TCQ_PLUG_LIMIT)), Limit: new(uint32(5000))},
	},
	{
		"tc qdisc change dev d0 root handle 1: plug release_indefinite", "plug", false,
		"0200000000000000",
		&Plug{Action: new(int32(TCQ_PLUG_RELEASE_INDEFINITE))},
	},
	{
		"tc qdisc add dev d0 root handle 1: skbprio limit 40", "skbprio", false,
		"28000000",
		&Skbprio{Limit: new(uint32(40))},
	},
	{
		"tc class add dev d0 parent 1: classid 1:1 drr quantum 1600", "drr", true,
		"0800010040060000",
		&DrrClass{Quantum: 1600},
	},
	{
		"tc class add dev d0 parent 1: classid 1:1 qfq weight 10 maxpkt 2000", "qfq", true,
		"080001000a00000008000200d0070000",
		&QfqClass{Weight: 10, Lmax: 2000},
	},
	{
		"tc qdisc add dev d0 root handle 1: ets bands 5 strict 2 quanta 4500 3000 2500 priomap 0 1 2 3 4 0", "ets", false,
		"050001000500000005000200020000001c000380080004009411000008000400b80b000008000400c40900003400058005000600000000" +
			"0005000600010000000500060002000000050006000300000005000600040000000500060000000000",
		&Ets{Bands: 5, Strict: 2, Quanta: []uint32{4500, 3000, 2500}, PriorityMap: []uint8{0, 1, 2, 3, 4, 0}},
	},
	{
		"tc class change dev d0 classid 1:3 ets quantum 9000", "ets", true,
		"0800040028230000",
		&EtsClass{Quantum: 9000},
	},
	{
		"tc qdisc add dev d0 root handle 1: red limit 400000 min 30000 max 90000 avpkt 1000 burst 55 ecn adaptive " +
			"bandwidth 10Mbit probability 0.1", "red", false,
		"14000100801a060030750000905f010005140f000401020000000000000000000000000000010101010101010101010101020202020202" +
			"02020202020203030303030303030303030304040404040404040404040405050505050505050505050506060606060606060606060607" +
			"07070707070707070707070808080808080808080808080909090909090909090909090a0a0a0a0a0a0a0a0a0a0a0a0b0b0b0b0b0b0b0b" +
			"0b0b0b0b0c0c0c0c0c0c0c0c0c0c0c0c0d0d0d0d0d0d0d0d0d0d0d0d0e0e0e0e0e0e0e0e0e0e0e0e0f0f0f0f0f0f0f0f0f0f0f0f101010" +
			"10101010101010101011111111111111111111111112121212121212121212121213131313131313131313131314141414141414141414" +
			"141415151f08000300999999190c000400050000000f000000",
		mustRed(NewRed(QdiscAttrs{}, RedAttrs{Limit: 400000, Min: 30000, Max: 90000, AvPkt: 1000, Burst: 55,
			Probability: 0.1, Flags: TC_RED_ECN | TC_RED_ADAPTATIVE})),
	},
	{
		"tc qdisc add dev d0 root handle 1: choke limit 1000 min 83 max 250 bandwidth 10mbit probability 0.3 burst 138 ecn",
		"choke", false,
		"14000100e803000053000000fa000000061410010401020000000000000000000000000000010101010101010101010101020202020202" +
			"02020202020203030303030303030303030304040404040404040404040405050505050505050505050506060606060606060606060607" +
			"0707070707070707070707080808080808080808080808080909090909090909090909090a0a0a0a0a0a0a0a0a0a0a0a0b0b0b0b0b0b0b" +
			"0b0b0b0b0b0c0c0c0c0c0c0c0c0c0c0c0c0d0d0d0d0d0d0d0d0d0d0d0d0e0e0e0e0e0e0e0e0e0e0e0e0f0f0f0f0f0f0f0f0f0f0f0f1010" +
			"10101010101010101010111111111111111111111111111212121212121212121212121313131313131313131313131414141414141414" +
			"141414141f08000300cccccc4c",
		mustRed(NewChoke(QdiscAttrs{}, ChokeAttrs{Limit: 1000, Min: 83, Max: 250, Rate: 1250000, Probability: 0.3,
			Burst: 138, Flags: TC_RED_ECN})),
	},
	{
		"tc qdisc add dev d0 root handle 1: gred setup vqs 4 default 2 grio ecn limit 60000", "gred", false,
		"100003000400000002000000010100000800050060ea0000",
		&Gred{Queues: 4, Default: 2, Grio: true, Flags: TC_RED_ECN, Limit: new(uint32(60000))},
	},
	{
		"tc qdisc change dev d0 root handle 1: gred limit 60000 min 15000 max 25000 burst 20 avpkt 1000 bandwidth 10Mbit " +
			"DP 1 probability 0.3 prio 2 ecn", "gred", false,
		"3800010060ea0000983a0000a86100000100000000000000000000000000000000000000000000000000000003100d0200000000000000" +
			"00040102000000000000000000000000000101010101010101010101020202020202020202020202030303030303030303030304040404" +
			"04040404040404040505050505050505050505060606060606060606060607070707070707070707070708080808080808080808080909" +
			"090909090909090909090a0a0a0a0a0a0a0a0a0a0a0b0b0b0b0b0b0b0b0b0b0b0b0c0c0c0c0c0c0c0c0c0c0c0d0d0d0d0d0d0d0d0d0d0d" +
			"0e0e0e0e0e0e0e0e0e0e0e0e0f0f0f0f0f0f0f0f0f0f0f1010101010101010101010101111111111111111111111121212121212121212" +
			"121212131313131313131313131314141414141414141414141515151515151515151515151616161f08000400cccccc4c180006001400" +
			"0100080002000100000008000c0001000000",
		&Gred{Set: gredQueue()},
	},
	{
		"tc qdisc add dev d0 root handle 1: sfb rehash 5000 db 1000 limit 500 max 40 target 30 increment 0.001 decrement " +
			"0.0001 penalty_rate 20 penalty_burst 30", "sfb", false,
		"2800010088130000e8030000280000001e0000004200000007000000f4010000140000001e000000",
		&Sfb{RehashInterval: 5000, WarmupTime: 1000, Limit: 500, Max: 40, BinSize: 30, Increment: 66, Decrement: 7,
			PenaltyRate: 20, PenaltyBurst: 30},
	},
	{
		"tc qdisc add dev d0 root handle 1: codel limit 900 target 6ms interval 90ms ecn ce_threshold 2ms", "codel", false,
		"080002008403000008000300905f01000800010070170000080004000100000008000500d0070000",
		&Codel{Limit: 900, Target: 6000, Interval: 90000, ECN: new(true), CEThreshold: new(uint32(2000))},
	},
	{
		"tc qdisc add dev d0 root handle 1: pie limit 900 target 10ms tupdate 20ms alpha 4 beta 25 ecn bytemode " +
			"dq_rate_estimator", "pie", false,
		"080002008403000008000300204e0000080001001027000008000400040000000800050019000000080006000100000008000700010000" +
			"000800080001000000",
		&Pie{Limit: 900, Target: 10000, Tupdate: 20000, Alpha: new(uint32(4)), Beta: new(uint32(25)), ECN: new(true),
			Bytemode: new(true), DqRateEstimator: new(true)},
	},
	{
		"tc qdisc add dev d0 root handle 1: fq_pie limit 900 flows 512 target 10ms tupdate 20ms alpha 4 beta 25 quantum " +
			"3000 memory_limit 4000000 ecn_prob 20 ecn bytemode dq_rate_estimator", "fq_pie", false,
		"08000100840300000800020000020000080003001027000008000400204e00000800050004000000080006001900000008000700b80b00" +
			"000800080000093d00080009001400000008000a000100000008000b000100000008000c0001000000",
		&FqPie{Limit: 900, Flows: 512, Target: 10000, Tupdate: 20000, Alpha: new(uint32(4)), Beta: new(uint32(25)),
			Quantum: 3000, MemoryLimit: 4000000, ECNProb: new(uint32(20)), ECN: new(true), Bytemode: new(true),
			DqRateEstimator: new(true)},
	},
	{
		"tc qdisc add dev d0 root handle 1: hhf limit 900 quantum 3000 hh_limit 1024 reset_timeout 50ms admit_bytes " +
			"100000 evict_timeout 2s non_hh_weight 3", "hhf", false,
		"080001008403000008000200b80b000008000300000400000800040050c3000008000500a08601000800060080841e0008000700030000" +
			"00",
		&Hhf{Limit: 900, Quantum: 3000, HHLimit: 1024, ResetTimeout: 50000, AdmitBytes: 100000, EvictTimeout: 2000000,
			NonHHWeight: new(uint32(3))},
	},
	{
		"tc qdisc add dev d0 root handle 1: cbs idleslope 98688 sendslope -901312 hicredit 153 locredit -1389 offload 0",
		"cbs", false,
		"18000100000000009900000093faffff80810100403ff2ff",
		&Cbs{IdleSlope: 98688, SendSlope: -901312, HiCredit: 153, LoCredit: -1389},
	},
	{
		"tc qdisc add dev d0 root handle 1: etf clockid CLOCK_TAI delta 200000 deadline_mode skip_sock_check", "etf", false,
		"10000100400d03000b00000005000000",
		&Etf{Clock: 11, Delta: 200000, Deadline: true, SkipSockCheck: true},
	},
	{
		"tc qdisc add dev d0 root handle 1: mqprio num_tc 3 map 0 1 2 0 1 2 queues 1@0 1@1 2@2 hw 1 mode channel shaper " +
			"bw_rlimit min_rate 1Mbit 2Mbit 3Mbit max_rate 10Mbit 20Mbit 30Mbit fp E P P", "mqprio", false,
		"03000102000102000000000000000000000101000100020000000000000000000000000000000000000000000000000000000000010002" +
			"00000000000000000000000000000000000000000000000000000000000600010001000000060002000100000014000580080001000000" +
			"0000080002000100000014000580080001000100000008000200020000001400058008000100020000000800020002000000c40003800c" +
			"00030048e80100000000000c00030090d00300000000000c000300d8b80500000000000c00030000000000000000000c00030000000000" +
			"000000000c00030000000000000000000c00030000000000000000000c00030000000000000000000c00030000000000000000000c0003" +
			"0000000000000000000c00030000000000000000000c00030000000000000000000c00030000000000000000000c000300000000000000" +
			"00000c00030000000000000000000c0003000000000000000000c40004800c000400d0121300000000000c000400a0252600000000000c" +
			"00040070383900000000000c00040000000000000000000c00040000000000000000000c00040000000000000000000c00040000000000" +
			"000000000c00040000000000000000000c00040000000000000000000c00040000000000000000000c00040000000000000000000c0004" +
			"0000000000000000000c00040000000000000000000c00040000000000000000000c00040000000000000000000c000400000000000000" +
			"0000",
		&Mqprio{TrafficClasses: TrafficClasses{Classes: 3, PriorityMap: [16]uint8{0, 1, 2, 0, 1, 2},
			Count: [16]uint16{1, 1, 2}, Offset: [16]uint16{0, 1, 2}}, Hw: 1, Mode: new(uint16(1)), Shaper: new(uint16(1)),
			MinRate: []uint64{125000, 250000, 375000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
			MaxRate: []uint64{1250000, 2500000, 3750000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
			Preempt: []TrafficClassPreemption{{0, 1}, {1, 2}, {2, 2}}},
	},
	{
		"tc qdisc add dev d0 root handle 1: taprio num_tc 3 map 2 2 1 0 queues 1@0 1@1 2@2 base-time 1528743495910289987 " +
			"cycle-time 900000 cycle-time-extension 100000 sched-entry S 01 300000 sched-entry H 02 300000 sched-entry R 04 " +
			"400000 flags 0x1 txtime-delay 200000 clockid CLOCK_TAI max-sdu 0 200 300 fp E P P", "taprio", false,
		"080005000b00000008000a0001000000560001000302020100000000000000000000000000000100010002000000000000000000000000" +
			"0000000000000000000000000000000000010002000000000000000000000000000000000000000000000000000000000008000b00400d" +
			"03000c00030043f26b221c3037150c000800a0bb0d00000000000c000900a0860100000000001c000c8008000100000000000800020000" +
			"00000008000300010000001c000c80080001000100000008000200c800000008000300020000001c000c80080001000200000008000200" +
			"2c0100000800030002000000580002801c0001000500020000000000080003000100000008000400e09304001c00010005000200010000" +
			"00080003000200000008000400e09304001c0001000500020002000000080003000400000008000400801a0600",
		&Taprio{TrafficClasses: TrafficClasses{Classes: 3, PriorityMap: [16]uint8{2, 2, 1, 0}, Count: [16]uint16{1, 1,
			2}, Offset: [16]uint16{0, 1, 2}}, Clock: new(int32(11)), Flags: new(uint32(1)), TxtimeDelay: 200000,
			TaprioSchedule: TaprioSchedule{BaseTime: 1528743495910289987, CycleTime: 900000, CycleTimeExtension: 100000,
				Gates: []TaprioGate{{0, 1, 300000}, {1, 2, 300000}, {2, 4, 400000}}}, Entries: []TaprioClass{{0,
				new(uint32(0)), new(uint32(1))}, {1, new(uint32(200)), new(uint32(2))}, {2, new(uint32(300)), new(uint32(2))}}},
	},
	{
		"tc qdisc add dev d0 root handle 1: dualpi2 limit 900 memlimit 1000000 target 20ms tupdate 15ms alpha 0.2 beta " +
			"3.1 step_thresh 20p min_qlen_step 2 coupling_factor 3 drop_on_overload drop_enqueue classic_protection 15 " +
			"l4s_ect no_split_gso", "dualpi2", false,
		"08000100840300000800020040420f0008000400983a000008000300204e00000800050033000000080006001903000005000e00010000" +
			"0005000b000100000005000a000300000005000f00000000000800070014000000080009000200000005000c000100000005000d000f00" +
			"0000",
		&Dualpi2{Limit: new(uint32(900)), MemoryLimit: new(uint32(1000000)), Target: new(uint32(20000)),
			Tupdate: new(uint32(15000)), Alpha: new(uint32(51)), Beta: new(uint32(793)), StepPackets: new(uint32(20)),
			MinQlenStep: new(uint32(2)), Coupling: new(uint8(3)), DropOverload: new(uint8(1)), DropEarly: new(uint8(1)),
			CProtection: new(uint8(15)), ECNMask: new(uint8(1)), SplitGSO: new(uint8(0))},
	},
	{
		"tc qdisc add dev d0 root handle 1: cake bandwidth 100mbit rtt 50ms diffserv4 dual-dsthost nat wash ingress " +
			"ack-filter no-split-gso memlimit 4000000 fwmark 0xff overhead -10 mpu 64 ptm autorate-ingress", "cake", false,
		"0c00020020bcbe000000000008000300010000000800040002000000080005000600000008000600f6ffffff08000e0040000000080007" +
			"0050c3000008000800c4090000080009000100000008000a0000093d0008001200ff00000008000b000100000008000d00010000000800" +
			"11000000000008000f00010000000800100001000000",
		&Cake{CakeOptions: CakeOptions{Bandwidth: new(uint64(12500000)), RTT: 50000, Target: 2500,
			DiffservMode: new(uint32(CAKE_DIFFSERV_DIFFSERV4)), FlowMode: new(uint32(CAKE_FLOW_DUAL_DST)), Nat: new(true),
			Wash: new(true), Ingress: new(true), AckFilter: new(uint32(CAKE_ACK_FILTER)), SplitGSO: new(false),
			Memory: 4000000, Fwmark: new(uint32(255)), Overhead: new(int32(-10)), Mpu: new(uint32(64)),
			ATM: new(uint32(CAKE_ATM_PTM)), Autorate: new(true)}},
	},
	{
		"tc qdisc add dev d0 root handle 1: cake_mq unlimited besteffort raw", "cake_mq", false,
		"0c000200000000000000000008000300030000000800040000000000080006000000000008000c00000000000800090000000000",
		&CakeMq{CakeOptions: CakeOptions{Bandwidth: new(uint64(0)),
			DiffservMode: new(uint32(CAKE_DIFFSERV_BESTEFFORT)), ATM: new(uint32(0)), Overhead: new(int32(0)), Raw: true,
			Autorate: new(false)}},
	},
}

func mustRed[T any](v *T, err error) *T {
	if err != nil {
		panic(err)
	}
	return v
}

func gredQueue() *GredQueue {
	r := mustRed(NewRed(QdiscAttrs{}, RedAttrs{Limit: 60000, Min: 15000, Max: 25000, AvPkt: 1000, Burst: 20,
		Probability: 0.3}))
	ecn := uint32(TC_RED_ECN)
	return &GredQueue{
		DP: 1, Limit: r.Limit, Min: r.Min, Max: r.Max, RedCurve: r.RedCurve, Prio: 2, MaxProbability: r.MaxProbability,
		Flags: &ecn,
	}
}
