"""What conversations run on: how a talk is replayed, what it may know, ask and do, and how an answer is read."""
