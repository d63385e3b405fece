"""What differentiates: a file a public function, or a pair that belongs together."""
