package rdma

import (
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// payload makes attributes.
func payload(fill func(e *wire.Encoder)) []byte {
	var e wire.Encoder
	fill(&e)
	return e.Bytes()
}

// nested makes nests of one type in a nest.
func nested(e *wire.Encoder, outer, inner uint16, all ...func(e *wire.Encoder)) {
	e.Nest(outer | uapi.NLA_F_NESTED)
	for _, fill := range all {
		e.Nest(inner | uapi.NLA_F_NESTED)
		fill(e)
		e.End()
	}
	e.End()
}

// Two devices: one of InfiniBand with two ports and all that no driver in software has, and one of RoCE that has
// little.
const mlx, roce = 4, 7

func names(e *wire.Encoder, dev uint32) {
	e.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, dev)
	e.String(uapi.RDMA_NLDEV_ATTR_DEV_NAME, map[uint32]string{mlx: "mlx5_0", roce: "rocep1s0"}[dev])
}

func devAnswer(e *wire.Encoder, dev uint32) {
	names(e, dev)
	if dev == roce {
		e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, 1)
		e.Uint8(uapi.RDMA_NLDEV_ATTR_DEV_NODE_TYPE, 99)
		e.Uint64(uapi.RDMA_NLDEV_ATTR_CAP_FLAGS, 0)
		return
	}
	e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, 2)
	e.Uint64(uapi.RDMA_NLDEV_ATTR_CAP_FLAGS, 1<<40-1|1<<63)
	e.String(uapi.RDMA_NLDEV_ATTR_FW_VERSION, "20.39.1002")
	e.Uint64(uapi.RDMA_NLDEV_ATTR_NODE_GUID, 0x506b4b03002ba3c4)
	e.Uint64(uapi.RDMA_NLDEV_ATTR_SYS_IMAGE_GUID, 0x00000003002ba3c4)
	e.Uint8(uapi.RDMA_NLDEV_ATTR_DEV_NODE_TYPE, uapi.RDMA_NODE_IB_CA)
	e.Uint8(uapi.RDMA_NLDEV_ATTR_DEV_DIM, 1)
	e.String(uapi.RDMA_NLDEV_ATTR_DEV_PROTOCOL, "ib")
	e.Uint8(uapi.RDMA_NLDEV_ATTR_DEV_TYPE, uapi.RDMA_DEVICE_TYPE_SMI)
	e.String(uapi.RDMA_NLDEV_ATTR_PARENT_NAME, "mlx5_1")
}

func portAnswer(e *wire.Encoder, dev, number uint32) {
	names(e, dev)
	e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, number)
	if number == 2 {
		e.Uint8(uapi.RDMA_NLDEV_ATTR_PORT_STATE, 77)
		e.Uint8(uapi.RDMA_NLDEV_ATTR_PORT_PHYS_STATE, 8)
		return
	}
	e.Uint64(uapi.RDMA_NLDEV_ATTR_CAP_FLAGS, 1<<38-1|1<<50)
	e.Uint64(uapi.RDMA_NLDEV_ATTR_SUBNET_PREFIX, 0xfe80000000000000)
	e.Uint32(uapi.RDMA_NLDEV_ATTR_LID, 13)
	e.Uint32(uapi.RDMA_NLDEV_ATTR_SM_LID, 49)
	e.Uint8(uapi.RDMA_NLDEV_ATTR_LMC, 3)
	e.Uint8(uapi.RDMA_NLDEV_ATTR_PORT_STATE, 4)
	e.Uint8(uapi.RDMA_NLDEV_ATTR_PORT_PHYS_STATE, 5)
	e.Uint32(uapi.RDMA_NLDEV_ATTR_NDEV_INDEX, 5)
	e.String(uapi.RDMA_NLDEV_ATTR_NDEV_NAME, "ib0")
}

// driver is what drivers tell: each form that a value may have, more than goes on a line.
func driver(e *wire.Encoder) {
	e.Nest(uapi.RDMA_NLDEV_ATTR_DRIVER | uapi.NLA_F_NESTED)
	name := func(s string) { e.String(uapi.RDMA_NLDEV_ATTR_DRIVER_STRING, s) }
	hex := func() { e.Uint8(uapi.RDMA_NLDEV_ATTR_DRIVER_PRINT_TYPE, uapi.RDMA_NLDEV_PRINT_TYPE_HEX) }
	name("sqid")
	e.Uint32(uapi.RDMA_NLDEV_ATTR_DRIVER_U32, 1234567890)
	name("flags")
	hex()
	e.Uint32(uapi.RDMA_NLDEV_ATTR_DRIVER_U32, 0x1ff)
	name("memsize")
	e.Uint64(uapi.RDMA_NLDEV_ATTR_DRIVER_U64, 1<<20)
	name("addr")
	hex()
	e.Uint64(uapi.RDMA_NLDEV_ATTR_DRIVER_U64, 0xabcdef)
	name("delta")
	e.Uint32(uapi.RDMA_NLDEV_ATTR_DRIVER_S32, 1<<32-5)
	name("sense")
	e.Uint64(uapi.RDMA_NLDEV_ATTR_DRIVER_S64, 1<<64-7)
	name("state")
	name("active")
	name("mask")
	hex()
	e.Uint32(uapi.RDMA_NLDEV_ATTR_DRIVER_S32, 0x80)
	name("last")
	e.Uint32(uapi.RDMA_NLDEV_ATTR_DRIVER_U32, 1)
	e.End()
}

func kern(e *wire.Encoder) { e.String(uapi.RDMA_NLDEV_ATTR_RES_KERN_NAME, "ib_core") }

// queuePair is an object of port n; of no port with 0.
func queuePair(n, lqpn uint32, typ uint8) func(e *wire.Encoder) {
	return func(e *wire.Encoder) {
		if n != 0 {
			e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, n)
		}
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, lqpn)
		if typ == 2 {
			e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_RQPN, 999)
			e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_RQ_PSN, 5)
			e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_PATH_MIG_STATE, 1)
		}
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_SQ_PSN, 16777215)
		e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_TYPE, typ)
		if typ == driverQP {
			e.String(uapi.RDMA_NLDEV_ATTR_RES_SUBTYPE, "DCI")
		}
		e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_STATE, 3)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_PDN, 8)
		kern(e)
		driver(e)
	}
}

func cmID(n uint32, ps uint32, src, dst []byte) func(e *wire.Encoder) {
	return func(e *wire.Encoder) {
		if n != 0 {
			e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, n)
		}
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, 178)
		e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_TYPE, 2)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_PS, ps)
		e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_STATE, 8)
		e.Data(uapi.RDMA_NLDEV_ATTR_RES_SRC_ADDR, src)
		if dst != nil {
			e.Data(uapi.RDMA_NLDEV_ATTR_RES_DST_ADDR, dst)
		}
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_CM_IDN, n)
		kern(e)
	}
}

// sockaddr is a struct sockaddr_storage.
func sockaddr(family, port uint16, at int, addr ...byte) []byte {
	b := make([]byte, 128)
	native.PutUint16(b, family)
	b[2], b[3] = byte(port>>8), byte(port)
	copy(b[at:], addr)
	return b
}

// objects are those of a sort, and the attributes that they are in.
func objects(cmd uint8) (table, entry uint16, all []func(e *wire.Encoder)) {
	number := func(attr uint16, v uint32) func(*wire.Encoder) {
		return func(e *wire.Encoder) { e.Uint32(attr, v) }
	}
	join := func(fills ...func(*wire.Encoder)) func(*wire.Encoder) {
		return func(e *wire.Encoder) {
			for _, fill := range fills {
				fill(e)
			}
		}
	}
	users := func(n uint64) func(*wire.Encoder) {
		return func(e *wire.Encoder) { e.Uint64(uapi.RDMA_NLDEV_ATTR_RES_USECNT, n) }
	}
	switch cmd {
	case uapi.RDMA_NLDEV_CMD_RES_QP_GET, uapi.RDMA_NLDEV_CMD_RES_QP_GET_RAW:
		return uapi.RDMA_NLDEV_ATTR_RES_QP, uapi.RDMA_NLDEV_ATTR_RES_QP_ENTRY, []func(*wire.Encoder){
			queuePair(1, 7, 2), queuePair(1, 1, 1), queuePair(2, 9, driverQP), queuePair(0, 200, 77)}
	case uapi.RDMA_NLDEV_CMD_RES_CM_ID_GET:
		four, six := sockaddr(uapi.AF_INET, 7471, 4, 192, 0, 2, 1), sockaddr(uapi.AF_INET6, 18515, 8, 0xfe, 0x80)
		six[23] = 1
		return uapi.RDMA_NLDEV_ATTR_RES_CM_ID, uapi.RDMA_NLDEV_ATTR_RES_CM_ID_ENTRY, []func(*wire.Encoder){
			cmID(1, 0x106, four, sockaddr(uapi.AF_INET, 1, 4, 192, 0, 2, 2)), cmID(1, 0x13f, six, six),
			cmID(1, 0x111, four, nil), cmID(1, 2, four, nil), cmID(1, 9, four, nil)}
	case uapi.RDMA_NLDEV_CMD_RES_CQ_GET, uapi.RDMA_NLDEV_CMD_RES_CQ_GET_RAW:
		return uapi.RDMA_NLDEV_ATTR_RES_CQ, uapi.RDMA_NLDEV_ATTR_RES_CQ_ENTRY, []func(*wire.Encoder){
			join(number(uapi.RDMA_NLDEV_ATTR_RES_CQE, 2047), users(2), func(e *wire.Encoder) {
				e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_POLL_CTX, 2)
				e.Uint8(uapi.RDMA_NLDEV_ATTR_DEV_DIM, 1)
			}, number(uapi.RDMA_NLDEV_ATTR_RES_CQN, 1), kern, driver),
			join(number(uapi.RDMA_NLDEV_ATTR_RES_CQE, 255), users(1<<33), number(uapi.RDMA_NLDEV_ATTR_RES_CQN, 2),
				number(uapi.RDMA_NLDEV_ATTR_RES_CTXN, 3), func(e *wire.Encoder) {
					e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_POLL_CTX, 9)
				}),
		}
	case uapi.RDMA_NLDEV_CMD_RES_MR_GET, uapi.RDMA_NLDEV_CMD_RES_MR_GET_RAW:
		return uapi.RDMA_NLDEV_ATTR_RES_MR, uapi.RDMA_NLDEV_ATTR_RES_MR_ENTRY, []func(*wire.Encoder){
			join(number(uapi.RDMA_NLDEV_ATTR_RES_RKEY, 0x1fff), number(uapi.RDMA_NLDEV_ATTR_RES_LKEY, 0xfffffff0),
				func(e *wire.Encoder) {
					e.Uint64(uapi.RDMA_NLDEV_ATTR_RES_IOVA, 0x7f00)
					e.Uint64(uapi.RDMA_NLDEV_ATTR_RES_MRLEN, 1<<35)
				}, number(uapi.RDMA_NLDEV_ATTR_RES_MRN, 11), number(uapi.RDMA_NLDEV_ATTR_RES_PDN, 8), kern),
			func(e *wire.Encoder) { e.Uint64(uapi.RDMA_NLDEV_ATTR_RES_MRLEN, 4096) },
		}
	case uapi.RDMA_NLDEV_CMD_RES_PD_GET:
		return uapi.RDMA_NLDEV_ATTR_RES_PD, uapi.RDMA_NLDEV_ATTR_RES_PD_ENTRY, []func(*wire.Encoder){
			join(number(uapi.RDMA_NLDEV_ATTR_RES_LOCAL_DMA_LKEY, 0), users(5),
				number(uapi.RDMA_NLDEV_ATTR_RES_UNSAFE_GLOBAL_RKEY, 0x2a), number(uapi.RDMA_NLDEV_ATTR_RES_PDN, 1), kern),
			join(users(1), number(uapi.RDMA_NLDEV_ATTR_RES_PDN, 2), number(uapi.RDMA_NLDEV_ATTR_RES_CTXN, 3)),
		}
	case uapi.RDMA_NLDEV_CMD_RES_CTX_GET:
		return uapi.RDMA_NLDEV_ATTR_RES_CTX, uapi.RDMA_NLDEV_ATTR_RES_CTX_ENTRY, []func(*wire.Encoder){
			join(number(uapi.RDMA_NLDEV_ATTR_RES_CTXN, 3), driver), number(uapi.RDMA_NLDEV_ATTR_RES_CTXN, 4)}
	case uapi.RDMA_NLDEV_CMD_RES_SRQ_GET, uapi.RDMA_NLDEV_CMD_RES_SRQ_GET_RAW:
		srq := func(n uint32, typ uint8, of ...uint32) func(*wire.Encoder) {
			return func(e *wire.Encoder) {
				e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_SRQN, n)
				e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_TYPE, typ)
				e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_PDN, 8)
				if typ != 0 {
					e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_CQN, 2)
				}
				e.Nest(uapi.RDMA_NLDEV_ATTR_RES_QP | uapi.NLA_F_NESTED)
				for i := 0; i+1 < len(of); i += 2 {
					e.Nest(uapi.RDMA_NLDEV_ATTR_RES_QP_ENTRY | uapi.NLA_F_NESTED)
					if of[i] == of[i+1] {
						e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, of[i])
					} else {
						e.Uint32(uapi.RDMA_NLDEV_ATTR_MIN_RANGE, of[i])
						e.Uint32(uapi.RDMA_NLDEV_ATTR_MAX_RANGE, of[i+1])
					}
					e.End()
				}
				e.End()
				kern(e)
			}
		}
		return uapi.RDMA_NLDEV_ATTR_RES_SRQ, uapi.RDMA_NLDEV_ATTR_RES_SRQ_ENTRY, []func(*wire.Encoder){
			srq(1, 0), srq(2, 1, 5, 5, 7, 12, 20, 21), srq(3, 2, 30, 40), srq(4, 9)}
	case uapi.RDMA_NLDEV_CMD_FRMR_POOLS_GET:
		pool := func(ats uint8, vendor uint64, queue uint32) func(*wire.Encoder) {
			return func(e *wire.Encoder) {
				e.Nest(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY | uapi.NLA_F_NESTED)
				e.Uint8(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ATS, ats)
				e.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ACCESS_FLAGS, 0x1f)
				e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_VENDOR_KEY, vendor)
				e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_NUM_DMA_BLOCKS, 512)
				e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_KERNEL_VENDOR_KEY, 6)
				e.End()
				e.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_QUEUE_HANDLES, queue)
				e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_IN_USE, 2)
				e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_MAX_IN_USE, 1<<34)
				e.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_PINNED_HANDLES, 1)
			}
		}
		return uapi.RDMA_NLDEV_ATTR_FRMR_POOLS, uapi.RDMA_NLDEV_ATTR_FRMR_POOL_ENTRY, []func(*wire.Encoder){
			pool(1, 0xabc, 10), pool(0, 0, 3)}
	}
	return 0, 0, nil
}

// rawObjects are what commands for bytes answer: nothing but those.
var rawObjects = map[uint8]func(*wire.Encoder){
	uapi.RDMA_NLDEV_CMD_RES_QP_GET_RAW: raw, uapi.RDMA_NLDEV_CMD_RES_CQ_GET_RAW: raw,
	uapi.RDMA_NLDEV_CMD_RES_MR_GET_RAW: raw, uapi.RDMA_NLDEV_CMD_RES_SRQ_GET_RAW: raw,
}

func raw(e *wire.Encoder) { e.Data(uapi.RDMA_NLDEV_ATTR_RES_RAW, []byte{0, 17, 255, 128}) }

func counters(e *wire.Encoder) {
	counter := func(name string, v uint64) func(*wire.Encoder) {
		return func(e *wire.Encoder) {
			e.String(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME, name)
			e.Uint64(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_VALUE, v)
		}
	}
	nested(e, uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS, uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY,
		counter("rx_write_requests", 0), counter("lifespan", 10), counter("out_of_buffer", 1<<63))
}

func boundQueuePairs(e *wire.Encoder, all ...uint32) {
	e.Nest(uapi.RDMA_NLDEV_ATTR_RES_QP | uapi.NLA_F_NESTED)
	for _, n := range all {
		e.Nest(uapi.RDMA_NLDEV_ATTR_RES_QP_ENTRY | uapi.NLA_F_NESTED)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, n)
		e.End()
	}
	e.End()
}

// statistics answers what is asked for of counters.
func statistics(e *wire.Encoder, a desc.Attrs, dump bool, dev, at uint32) {
	switch of := cli.Number(a[uapi.RDMA_NLDEV_ATTR_STAT_RES]); {
	case of == uapi.RDMA_NLDEV_ATTR_RES_MR:
		region := func(n uint32) func(*wire.Encoder) {
			return func(e *wire.Encoder) {
				e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_MRN, n)
				if n != 8 {
					counters(e)
				}
			}
		}
		names(e, dev)
		if dump {
			nested(e, uapi.RDMA_NLDEV_ATTR_RES_MR, uapi.RDMA_NLDEV_ATTR_RES_MR_ENTRY, region(7), region(8))
		} else {
			region(uint32(cli.Number(a[uapi.RDMA_NLDEV_ATTR_RES_MRN])))(e)
		}
	case of == 0:
		names(e, dev)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, at)
		counters(e)
	case dump:
		counter := func(n uint32, of ...uint32) func(*wire.Encoder) {
			return func(e *wire.Encoder) {
				e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, at)
				e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, n)
				if n == 5 {
					e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_TYPE, 2)
				}
				kern(e)
				boundQueuePairs(e, of...)
				counters(e)
			}
		}
		names(e, dev)
		nested(e, uapi.RDMA_NLDEV_ATTR_STAT_COUNTER, uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ENTRY, counter(4, 178),
			counter(5, 178, 179))
	case a[uapi.RDMA_NLDEV_ATTR_STAT_MODE] != nil:
		names(e, dev)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, at)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_AUTO)
		if dev == roce {
			e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_AUTO_MODE_MASK, 0)
			return
		}
		mask := uint32(uapi.RDMA_COUNTER_MASK_QP_TYPE)
		if at == 2 {
			mask |= uapi.RDMA_COUNTER_MASK_PID
		}
		e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_AUTO_MODE_MASK, mask)
		e.Uint8(uapi.RDMA_NLDEV_ATTR_STAT_OPCOUNTER_ENABLED, uint8(at-1))
	default:
		names(e, dev)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, at)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, uint32(cli.Number(a[uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID])))
		boundQueuePairs(e, 178, 179)
	}
}

func optionalCounters(e *wire.Encoder, dev, at uint32) {
	names(e, dev)
	e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, at)
	counter := func(i uint32, name string, optional bool, on uint8) func(*wire.Encoder) {
		return func(e *wire.Encoder) {
			e.String(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME, name)
			e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_INDEX, i)
			if optional {
				e.Uint8(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_DYNAMIC, on)
			}
		}
	}
	if dev == mlx {
		nested(e, uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS, uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY,
			counter(0, "rx_write_requests", false, 0), counter(40, "cc_rx_ce_pkts", true, uint8(at-1)),
			counter(41, "cc_rx_cnp_pkts", true, 1), counter(42, "cc_tx_cnp_pkts", true, uint8(at-1)))
	} else {
		nested(e, uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS, uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY)
	}
}

// answer stands for the kernel.
func answer(request []byte) []nltest.Datagram {
	const enoent, einval = 2, 22
	typ := native.Uint16(request[4:])
	dump := native.Uint16(request[6:])&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP
	a := desc.ParseAttrs(request[uapi.SizeofNlmsghdr:])
	dev, at := uint32(cli.Number(a[uapi.RDMA_NLDEV_ATTR_DEV_INDEX])),
		uint32(cli.Number(a[uapi.RDMA_NLDEV_ATTR_PORT_INDEX]))
	fail := func(errno int32) []nltest.Datagram { return clitest.Answers(request, typ, nil, errno) }
	done := func(fill func(e *wire.Encoder)) []nltest.Datagram {
		return clitest.Answers(request, typ, [][]byte{payload(fill)}, 0)
	}
	switch cmd := uint8(typ); cmd {
	case uapi.RDMA_NLDEV_CMD_GET:
		if dump {
			return clitest.Answers(request, typ, [][]byte{
				payload(func(e *wire.Encoder) { devAnswer(e, mlx) }), payload(func(e *wire.Encoder) { devAnswer(e, roce) })}, 0)
		}
		return done(func(e *wire.Encoder) { devAnswer(e, dev) })
	case uapi.RDMA_NLDEV_CMD_PORT_GET:
		return done(func(e *wire.Encoder) { portAnswer(e, dev, at) })
	case uapi.RDMA_NLDEV_CMD_SYS_GET:
		return done(func(e *wire.Encoder) {
			e.Uint8(uapi.RDMA_NLDEV_SYS_ATTR_NETNS_MODE, 5)
			e.Uint8(uapi.RDMA_NLDEV_SYS_ATTR_PRIVILEGED_QKEY_MODE, 1)
			e.Uint8(uapi.RDMA_NLDEV_SYS_ATTR_COPY_ON_FORK, 1)
		})
	case uapi.RDMA_NLDEV_CMD_RES_GET:
		return done(func(e *wire.Encoder) {
			names(e, dev)
			count := func(name string, n, most uint64) func(*wire.Encoder) {
				return func(e *wire.Encoder) {
					e.String(uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_NAME, name)
					e.Uint64(uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_CURR, n)
					if most != 0 {
						e.Uint64(uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY_MAX, most)
					}
				}
			}
			nested(e, uapi.RDMA_NLDEV_ATTR_RES_SUMMARY, uapi.RDMA_NLDEV_ATTR_RES_SUMMARY_ENTRY, count("pd", 4, 0),
				count("qp", 5, 1<<40))
		})
	case uapi.RDMA_NLDEV_CMD_STAT_GET:
		if cli.Number(a[uapi.RDMA_NLDEV_ATTR_RES_MRN]) > 10 || cli.Number(a[uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID]) == 9 {
			return fail(enoent)
		}
		return done(func(e *wire.Encoder) { statistics(e, a, dump, dev, at) })
	case uapi.RDMA_NLDEV_CMD_STAT_GET_STATUS:
		return done(func(e *wire.Encoder) { optionalCounters(e, dev, at) })
	case uapi.RDMA_NLDEV_CMD_SET, uapi.RDMA_NLDEV_CMD_NEWLINK, uapi.RDMA_NLDEV_CMD_DELLINK, uapi.RDMA_NLDEV_CMD_SYS_SET,
		uapi.RDMA_NLDEV_CMD_STAT_SET, uapi.RDMA_NLDEV_CMD_STAT_DEL, uapi.RDMA_NLDEV_CMD_NEWDEV,
		uapi.RDMA_NLDEV_CMD_DELDEV, uapi.RDMA_NLDEV_CMD_FRMR_POOLS_SET:
		if dev == roce {
			return fail(einval)
		}
		return fail(0)
	default:
		table, entry, all := objects(cmd)
		if bytes := rawObjects[cmd]; bytes != nil {
			all = []func(*wire.Encoder){bytes, bytes}
		}
		switch {
		case all == nil:
			return fail(einval)
		case dev == roce && dump:
			return done(func(e *wire.Encoder) { names(e, dev); nested(e, table, entry) })
		case dev == roce:
			return fail(enoent)
		case dump:
			return done(func(e *wire.Encoder) { names(e, dev); nested(e, table, entry, all...) })
		}
		return done(func(e *wire.Encoder) { names(e, dev); all[0](e) })
	}
}

func fakeKernel() *clitest.FakeKernel {
	return &clitest.FakeKernel{
		Answer: answer,
		// Each program has its own time to ask which devices there are.
		Unrecorded: func(typ uint16, request []byte) bool {
			return uint8(typ) == uapi.RDMA_NLDEV_CMD_GET && native.Uint16(request[6:])&uapi.NLM_F_DUMP != 0
		},
	}
}

func TestRdmaOnTheSameKernel(t *testing.T) {
	clitest.CompareRecorded(t, fakeKernel(), "testdata/rdma.txt", []string{
		"-b testdata/batch", "-f -b testdata/batch", "-fb testdata/none", "dev", "-d dev", "-j -d dev",
		"-do dev show mlx5_0", "-jpd dev show rocep1s0", "dev set mlx5_0 name x",
		"dev set rocep1s0 name x", "dev set mlx5_0 adaptive-moderation on", "dev set mlx5_0 adaptive-moderation of",
		"dev add sub type SMI parent mlx5_0", "dev del mlx5_0", "link", "link -d", "link -d -j", "link -do",
		"link show mlx5_0/2", "link show mlx5_0/3", "link show mlx5_0", "link show mlx5_0/0",
		"res show qp link mlx5_0/3", "res show qp link mlx5_0/0",
		"link add rxe0 type rxe netdev eth0", "link delete mlx5_0", "system", "system show netns", "system show monitor",
		"system set netns shared", "system set netns exclusive", "system set privileged-qkey on",
		"system set privileged-qkey off", "monitor", "resource", "-j resource", "res show mlx5_0", "res list rocep1s0",
		"res show qp", "-j res show qp", "-dd res show qp", "-ddo res show qp link mlx5_0",
		"-j -dd res show qp link mlx5_0/1",
		"res show qp link mlx5_0/-", "res show qp link mlx5_0/2", "res show qp lqpn 7", "res show qp link mlx5_0/1 lqpn 7",
		"res show qp lqpn 1-8 type rc", "res show qp type driver,gsi", "res show qp state rts,rtr rqpn 900-1000",
		"res show qp path-mig-state rearm", "res show qp sq-psn 16777215 pdn 1,8", "res show qp pid 5", "-r res show qp",
		"-rj res show qp link mlx5_0/1", "res show cm_id", "-j res show cm_id", "res show cm_id ps tcp,udp",
		"res show cm_id ps IPoIB link mlx5_0/1", "res show cm_id dst-addr 192.0.2.2", "res show cm_id dst-port 1-18515",
		"res show cm_id src-addr FE80::1", "res show cm_id state listen qp-type rc lqpn 178", "res show cm_id cm-idn 1",
		"res show cq", "-j res show cq", "-dd res show cq dev mlx5_0", "res show cq users 1-5",
		"res show cq poll-ctx workqueue",
		"res show cq cqn 1", "res show cq cqn 1,2", "res show cq ctxn 3", "-r res show cq cqn 1", "-r -j res show cq",
		"-r res show cq dev rocep1s0 cqn 4", "res show mr", "-j res show mr dev mlx5_0", "res show mr mrlen 4096",
		"res show mr pdn 8",
		"res show mr mrn 11", "-r res show mr", "res show pd", "-j res show pd", "res show pd users 5", "res show pd pdn 2",
		"res show pd ctxn 1-3", "res show ctx", "-j -dd res show ctx", "-dd res show ctx ctxn 3", "res show ctx ctxn 4-5",
		"res show srq", "-j res show srq", "res show srq lqpn 8-9,11,20", "res show srq lqpn 5",
		"res show srq lqpn 10-12,8-9,9-10,20,21", "res show srq type xrc,tm",
		"res show srq srqn 3", "res show srq srqn 3-4", "res show srq cqn 2 pdn 8", "-r res show srq", "res show frmr_pools",
		"-j res show frmr_pools", "-d res show frmr_pools", "-dj res show frmr_pools dev mlx5_0",
		"res show frmr_pools ats 1",
		"res show frmr_pools vendor_key 0", "res show frmr_pools queue 5-20 in_use 2 pinned 1",
		"-d res show fr dev mlx5_0 max_in_use 1",
		"res set frmr_pools dev mlx5_0 aging 60", "res set frmr_pools dev mlx5_0 pinned abc:200:1f:1 16",
		"res set frmr_pools dev mlx5_0 pinned abc:200:1f:1:0 16", "res set frmr_pools dev mlx5_0 pinned abc:200:1f:1:2 16",
		"res set frmr_pools dev mlx5_0 pinned abc:200:1f 16", "res set frmr_pools dev mlx5_0 pinned abc:x:1f:1 16",
		"res set frmr_pools dev mlx5_0 pinned abc:200:1f:2 16", "res set frmr_pools dev rocep1s0 aging 60",
		"statistic", "-j statistic", "-o stat show link mlx5_0", "stat show link mlx5_0/2", "stat show link mlx5_0/-",
		"stat show mr",
		"-j stat show mr", "stat mr mrn 7", "stat mr mrn 8", "stat show mr mrn 7-8", "stat mode", "-j stat mode",
		"stat mode link mlx5_0/1", "stat mode show mlx5_0", "stat mode supported", "-j stat mode supported link mlx5_0",
		"stat set link mlx5_0/1 optional-counters cc_rx_ce_pkts,cc_tx_cnp_pkts", "stat set link mlx5_0/2 opt cc_rx_cnp_pkts",
		"stat unset link mlx5_0/1 optional-counters", "stat unset link mlx5_0/1 nope", "stat qp", "-j stat qp",
		"stat qp show link mlx5_0/1", "-o stat qp list link mlx5_0", "stat qp show link mlx5_0/1 cntn 5",
		"stat qp show link mlx5_0/1 qp-type rc",
		"stat qp show link mlx5_0/1 lqpn 178-179", "stat qp show link mlx5_0/1 pid 3", "stat qp mode",
		"-j stat qp mode link mlx5_0",
		"stat qp mode link rocep1s0/1", "stat qp set link mlx5_0/1", "stat qp set link mlx5_0/1 auto type on",
		"stat qp set link mlx5_0/1 auto type,pid on optional-counters on",
		"stat qp set link mlx5_0/2 auto pid on optional-counters off",
		"stat qp set link mlx5_0/1 auto off", "stat qp set link rocep1s0/1 auto off",
		"stat qp set link mlx5_0/1 auto type on nope",
		"stat qp bind link mlx5_0/1 lqpn 178", "stat qp bind link mlx5_0/2 lqpn 178 cntn 4",
		"stat qp bind link mlx5_0/1 lqpn 1-2",
		"stat qp unbind link mlx5_0/1 cntn 4 lqpn 178", "stat qp unbind link mlx5_0/1 cntn 4",
	})
}
