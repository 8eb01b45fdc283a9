package main

func populate([]string) error     { return errNotYet }
func pagingServer([]string) error { return errNotYet }
func proxy([]string) error        { return errNotYet }
