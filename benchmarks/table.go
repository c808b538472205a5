package main

// workloads is the table, a line each; the contenders stand beside what is done.
var workloads = []*workload{
	&routesStream,
	&routesList,
	&routesFiltered,
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
	&netnsDo,
}
