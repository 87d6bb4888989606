"""What a platform's verdict makes of a delivery, of its person's address and of our sender.

A verdict reaches us in two ways: *at once*, when the platform refuses a message (`at_once`, which `broadcast` asks),
and *by report*, when it took the message and says later that it failed (`by_report`, which `handlers` ask). It means
the same both times, except where we know less, or can do less, at that moment:

- **Try again after a while**: at once after seconds; by report after a time of its own, a reply soon or never. See
  `pauses`.
- **What counts as an attempt**: at once not what says that the sender or the whole platform is out of order, because
  nobody looked at the message. By report everything, because the platform took the message: a reply that leaves again
  has no buttons then.
- **Silent for too long** (`Act.SHUT`): at once the delivery goes on as its broadcast says. By report it leaves once
  more, and the sender, who knows of the silence now, does the same; the second time it waits for its person to write.
- **This template cannot be used** (`Act.TEMPLATE`): at once the channel has tried every other, so the delivery has
  failed. By report the template is struck off, and the delivery leaves again as soon as every worker knows that.
- **Without buttons it may be taken** (`plainly`): at once the channel has tried that, so the delivery has failed. By
  report a reply leaves once more without them.
- **It may have arrived** (`Act.UNKNOWN`): at once nobody knows. By report it has not, for the platform says so.
- **What is learned of the address**: at once only when the delivery has failed, because its tries are seconds apart and
  show one silence. By report every time, because its tries are hours apart.
- **What is learned of our sender**, and what waits with it: see `senders`.

`tests/outcomes/test_both_ways.py` holds this as a table and tries it on every verdict of every channel.
"""
