package plan

import (
	"context"
	"maps"
	"slices"

	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/store"
)

// stages finds those that are changed or dropped and have contacts in them when the new version takes over, and tracks
// with no room for all.
func (p *Plan) stages(ctx context.Context, o *Options, clock int64) error {
	standing, err := p.standing(ctx, o, clock)
	if err != nil {
		return err
	}
	touched := map[string]bool{}
	for _, c := range p.Changes {
		if name := stageOf(&c); name != "" {
			touched[name] = true
		}
	}
	stranded := map[string]string{}
	for _, d := range runtime.Dropped(o.Next.Program, standing, func(stage string) bool { return o.Running.Program.StageIndex(stage) != compile.None }) {
		stranded[d.Stage] = d.Nearest
	}
	for _, name := range slices.Sorted(maps.Keys(standing)) {
		nearest, lost := stranded[name]
		s := Stage{Name: name, Contacts: standing[name], Dropped: o.Next.Program.StageIndex(name) == compile.None, Stranded: lost, Nearest: nearest}
		if s.Dropped || touched[name] {
			p.Stages = append(p.Stages, s)
		}
	}
	return nil
}

// standing counts the contacts in each stage.
func (p *Plan) standing(ctx context.Context, o *Options, clock int64) (stages map[string]int64, err error) {
	if p.At == clock {
		if p.Crowded, err = runtime.Crowds(o.Store, o.Next.Program); err != nil {
			return nil, err
		}
		return o.Store.Census()
	}
	type places struct {
		stages map[string]int64
		crowd  runtime.Crowd
		at     []store.Standing
	}
	all := make([]places, workers())
	for i := range all {
		all[i].stages = map[string]int64{}
	}
	running := o.Running.Program
	err = runtime.Foresee(ctx, o.Store, []*compile.Program{running}, clock, p.At, func(worker int, _ string, futures []runtime.Future) {
		of := &all[worker]
		of.at = of.at[:0]
		for t, pos := range futures[0].State.Tracks {
			stage := pos.Gone
			if pos.Stage >= 0 {
				stage = running.Stages[pos.Stage].Name
			}
			if stage != "" {
				of.stages[stage]++
				of.at = append(of.at, store.Standing{Track: running.Tracks[t].Name, Stage: stage})
			}
		}
		of.crowd.Add(o.Next.Program, of.at)
	}, nil)
	if err != nil {
		return nil, err
	}
	var crowd runtime.Crowd
	stages = map[string]int64{}
	for i := range all {
		for stage, n := range all[i].stages {
			stages[stage] += n
		}
		crowd.Join(&all[i].crowd)
	}
	p.Crowded = crowd.Found()
	return stages, nil
}
