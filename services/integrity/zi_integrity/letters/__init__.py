"""The letters by which the office binds itself before the public: decisions on standards, the pledge, minutes of forums."""
