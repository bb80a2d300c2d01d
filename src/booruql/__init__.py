"""booruql: the query languages of booru image boards, parsed into one tree and compiled to many targets."""
