package plan

import (
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime"
)

// letters learns which offers of the two versions say the same to whoever gets them: those whose content is the same text,
// whatever they and their files are called. An offer of the same name is the same offer.
func (c *comparison) letters(o *Options) {
	c.same = map[string][]int{}
	for i, offer := range o.Running.Program.Playbook.Offers {
		if said := saying(o.Running, offer); said != "" {
			c.same[said] = append(c.same[said], i)
		}
	}
	for _, offer := range o.Next.Program.Playbook.Offers {
		c.says = append(c.says, saying(o.Next, offer))
	}
}

// saying is what an offer says: its subject and its content.
func saying(v *Version, offer *check.Offer) string {
	text := v.Files[offer.Content]
	if text == "" {
		return ""
	}
	return offer.Channel + "\n" + offer.Subject + "\n" + text
}

// repeated counts what goes out and went out before: the same offer again, where the version that runs would not send it
// twice, or another one that says the same.
func (c *comparison) repeated(t *tally, key string, was, is *runtime.Future) {
	if len(is.Mails) == 0 {
		return
	}
	sent := map[int]bool{} // by offer of the playbook that runs
	for _, s := range was.State.Sends {
		if s.At < c.at && !s.Unsent {
			sent[int(s.Offer)] = true
		}
	}
	told := map[int]bool{}
	for _, mail := range is.Mails {
		offer := int(mail.Offer)
		if told[offer] {
			continue
		}
		told[offer] = true
		name := c.next.Offers[offer].Name
		for _, old := range c.same[c.says[offer]] {
			if before := c.running.Offers[old].Name; before != name && sent[old] {
				note(t.repeats, name+", sent before as "+before, key)
			}
		}
		if as := c.running.OfferIndex(name); as != compile.None && sent[as] && !c.running.Offers[as].CanRepeat {
			note(t.repeats, name+", which is not sent twice now", key)
		}
	}
}
