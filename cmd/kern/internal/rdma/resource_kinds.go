package rdma

import "kern.sys/internal/uapi"

// Names of the kernel's enumerations, from 0 on: queue pairs have those of ib_verbs.h, connections those of
// cma_priv.h.
var (
	qpTypes = []string{0: "SMI", "GSI", "RC", "UC", "UD", "RAW_IPV6", "RAW_ETHERTYPE", "", "RAW_PACKET", "XRC_INI",
		"XRC_TGT", driverQP: "DRIVER"}
	qpStates        = []string{"RESET", "INIT", "RTR", "RTS", "SQD", "SQE", "ERR"}
	migrationStates = []string{"MIGRATED", "REARM", "ARMED"}
	cmStates        = []string{"IDLE", "ADDR_QUERY", "ADDR_RESOLVED", "ROUTE_QUERY", "ROUTE_RESOLVED", "CONNECT",
		"DISCONNECT", "ADDR_BOUND", "LISTEN", "DEVICE_REMOVAL", "DESTROYING"}
	pollContexts = []string{"DIRECT", "SOFTIRQ", "WORKQUEUE", "UNBOUND_WORKQUEUE"}
	srqTypes     = []string{"BASIC", "XRC", "TM"}
)

// driverQP is the type of a driver's own queue pairs, at the end of the range (IB_QPT_DRIVER).
const driverQP = 0xff

var queuePairs = resource{
	word: "qp", ports: true,
	filters: []string{"link", "lqpn", "rqpn", "pid", "sq-psn", "rq-psn", "type", "path-mig-state", "state", "pdn"},
	get:     uapi.RDMA_NLDEV_CMD_RES_QP_GET, raw: uapi.RDMA_NLDEV_CMD_RES_QP_GET_RAW,
	table: uapi.RDMA_NLDEV_ATTR_RES_QP, id: uapi.RDMA_NLDEV_ATTR_RES_LQPN,
	fields: []field{
		{attr: uapi.RDMA_NLDEV_ATTR_RES_LQPN, key: "lqpn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_RQPN, key: "rqpn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_TYPE, key: "type", form: named, names: qpTypes},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_SUBTYPE, key: "subtype", form: form{show: showSubtype}},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_STATE, key: "state", form: named, names: qpStates},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_RQ_PSN, key: "rq-psn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_SQ_PSN, key: "sq-psn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PATH_MIG_STATE, key: "path-mig-state", form: named, names: migrationStates},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PDN, key: "pdn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PID, key: "pid", form: process},
	},
}

// Of the filters of connections, no kernel tells dev-type and transport-type; rdma takes them too.
var cmIDs = resource{
	word: "cm_id", ports: true,
	filters: []string{"link", "lqpn", "qp-type", "state", "ps", "dev-type", "transport-type", "pid", "src-addr",
		"src-port", "dst-addr", "dst-port", "cm-idn"},
	get:   uapi.RDMA_NLDEV_CMD_RES_CM_ID_GET,
	table: uapi.RDMA_NLDEV_ATTR_RES_CM_ID, id: uapi.RDMA_NLDEV_ATTR_RES_CM_IDN,
	fields: []field{
		{attr: uapi.RDMA_NLDEV_ATTR_RES_CM_IDN, key: "cm-idn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_LQPN, key: "lqpn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_TYPE, key: "qp-type", form: named, names: qpTypes},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_STATE, key: "state", form: named, names: cmStates},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PS, key: "ps", form: form{show: showPortSpace, has: hasPortSpace}},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PID, key: "pid", form: process},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_SRC_ADDR, key: "src-addr", form: address},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_SRC_ADDR, key: "src-port", form: portOnly},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_DST_ADDR, key: "dst-addr", form: address},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_DST_ADDR, key: "dst-port", form: portOnly},
	},
}

var completionQueues = resource{
	word:    "cq",
	filters: []string{"dev", "users", "poll-ctx", "pid", "cqn", "ctxn"},
	get:     uapi.RDMA_NLDEV_CMD_RES_CQ_GET, raw: uapi.RDMA_NLDEV_CMD_RES_CQ_GET_RAW,
	table: uapi.RDMA_NLDEV_ATTR_RES_CQ, id: uapi.RDMA_NLDEV_ATTR_RES_CQN,
	fields: []field{
		{attr: uapi.RDMA_NLDEV_ATTR_RES_CQN, key: "cqn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_CQE, key: "cqe", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_USECNT, key: "users", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_POLL_CTX, key: "poll-ctx", form: named, names: pollContexts},
		{attr: uapi.RDMA_NLDEV_ATTR_DEV_DIM, form: form{show: showCQModeration}},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_CTXN, key: "ctxn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PID, key: "pid", form: process},
	},
}

var memoryRegions = resource{
	word:    "mr",
	filters: []string{"dev", "rkey", "lkey", "mrlen", "pid", "mrn", "pdn"},
	get:     uapi.RDMA_NLDEV_CMD_RES_MR_GET, raw: uapi.RDMA_NLDEV_CMD_RES_MR_GET_RAW,
	table: uapi.RDMA_NLDEV_ATTR_RES_MR, id: uapi.RDMA_NLDEV_ATTR_RES_MRN,
	fields: []field{
		{attr: uapi.RDMA_NLDEV_ATTR_RES_MRN, key: "mrn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_RKEY, key: "rkey", form: hex},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_LKEY, key: "lkey", form: hex},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_IOVA, key: "iova", form: hex},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_MRLEN, key: "mrlen", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PDN, key: "pdn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PID, key: "pid", form: process},
	},
}

var protectionDomains = resource{
	word:    "pd",
	filters: []string{"dev", "users", "pid", "ctxn", "pdn"},
	get:     uapi.RDMA_NLDEV_CMD_RES_PD_GET,
	table:   uapi.RDMA_NLDEV_ATTR_RES_PD, id: uapi.RDMA_NLDEV_ATTR_RES_PDN,
	fields: []field{
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PDN, key: "pdn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_LOCAL_DMA_LKEY, key: "local_dma_lkey", form: hex},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_USECNT, key: "users", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_UNSAFE_GLOBAL_RKEY, key: "unsafe_global_rkey", form: hex},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_CTXN, key: "ctxn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PID, key: "pid", form: process},
	},
}

var contexts = resource{
	word:    "ctx",
	filters: []string{"dev", "pid", "ctxn"},
	get:     uapi.RDMA_NLDEV_CMD_RES_CTX_GET,
	table:   uapi.RDMA_NLDEV_ATTR_RES_CTX, id: uapi.RDMA_NLDEV_ATTR_RES_CTXN,
	fields: []field{
		{attr: uapi.RDMA_NLDEV_ATTR_RES_CTXN, key: "ctxn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PID, key: "pid", form: process},
	},
}

var sharedQueues = resource{
	word:    "srq",
	filters: []string{"dev", "pid", "srqn", "type", "pdn", "cqn", "lqpn"},
	get:     uapi.RDMA_NLDEV_CMD_RES_SRQ_GET, raw: uapi.RDMA_NLDEV_CMD_RES_SRQ_GET_RAW,
	table: uapi.RDMA_NLDEV_ATTR_RES_SRQ, id: uapi.RDMA_NLDEV_ATTR_RES_SRQN,
	fields: []field{
		{attr: uapi.RDMA_NLDEV_ATTR_RES_SRQN, key: "srqn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_TYPE, key: "type", form: named, names: srqTypes},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_QP, key: "lqpn", form: form{showQueuePairs, hasQueuePair, true}},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PDN, key: "pdn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_CQN, key: "cqn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_RES_PID, key: "pid", form: process},
	},
}

// Pools of fast registrations of memory.
var registrationPools = resource{
	word: "frmr_pools",
	filters: []string{"dev", "ats", "access_flags", "vendor_key", "num_dma_blocks", "queue", "in_use", "max_in_use",
		"pinned"},
	get:   uapi.RDMA_NLDEV_CMD_FRMR_POOLS_GET,
	table: uapi.RDMA_NLDEV_ATTR_FRMR_POOLS, unnest: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY,
	fields: []field{
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY, key: "key", form: form{show: showPoolKey}},
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ATS, key: "ats", form: decimal, detail: true},
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ACCESS_FLAGS, key: "access_flags", form: decimal, detail: true},
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_VENDOR_KEY, key: "vendor_key", form: decimal, detail: true},
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_NUM_DMA_BLOCKS, key: "num_dma_blocks", form: decimal, detail: true},
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_KERNEL_VENDOR_KEY, key: "kernel_vendor_key", form: decimal,
			detail: true},
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_QUEUE_HANDLES, key: "queue", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_IN_USE, key: "in_use", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_MAX_IN_USE, key: "max_in_use", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_FRMR_POOL_PINNED_HANDLES, key: "pinned", form: decimal},
	},
}

// regionCounters are the counters of memory regions: rdma statistic mr.
var regionCounters = resource{
	word:    "mr",
	filters: []string{"mrn"},
	get:     uapi.RDMA_NLDEV_CMD_STAT_GET, counted: uapi.RDMA_NLDEV_ATTR_RES_MR,
	table: uapi.RDMA_NLDEV_ATTR_RES_MR, id: uapi.RDMA_NLDEV_ATTR_RES_MRN,
	fields: []field{
		{attr: uapi.RDMA_NLDEV_ATTR_RES_MRN, key: "mrn", form: decimal},
		{attr: uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS, form: form{show: showRegionCounters}},
	},
}
