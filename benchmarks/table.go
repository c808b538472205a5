package main

// workloads is the table, a line each; the contenders stand beside what is done.
var workloads = []*workload{
	&routesStream,
	&routesList,
	routesStreamSmall,
	routesStreamLarge,
	routesListSmall,
	routesListLarge,
	&routesByLink,
	&routesByTable,
	&routesByProtocol,
	&neighboursStream,
	&neighboursList,
	&linksStream,
	&linksList,
	&linkByName,
	&routeGet,
	&addrList,
	&mixed,
	&addEach,
	&addBatches,
	&linksDelete,
	&events,
	&stalled,
	&netnsDo,
	&openClose,
}
