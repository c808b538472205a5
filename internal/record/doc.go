// Command record makes captures for tests: what ip sends to make links, what the
// kernel answers, and what ip shows of that.
//
//	go run ./internal/record [-kernel latest] [-system sid] [KIND...]
//
// The commands are in commands.txt. They run in a virtual machine, see
// internal/vmtest, because few machines have all kinds; the ip there is that of the suite -system. The captures of a
// kind go into netlink/testdata/kinds/KIND.txt, with a line and a name for each attribute; without kinds, all are
// made.
package main
