//go:build !linux

package main

import "kern.sys/netns"

func (c *command) execNetns() error    { return netns.ErrNotImplemented }
func (c *command) monitorNetns() error { return netns.ErrNotImplemented }
