package main
type serveCmd struct{}
func (c *serveCmd) Run(e *env) error { return nil }
